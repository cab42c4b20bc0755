import { preparedName } from './prepared-statements';

describe('a statement', () => {
  it('keeps its name, and shares it with no other', () => {
    const first = preparedName('SELECT 1');
    expect(preparedName('SELECT 1')).toBe(first);
    expect(preparedName('SELECT 2')).not.toBe(first);
  });

  it('is not prepared forever, should somebody write values into the text', () => {
    const known = preparedName('SELECT 1');
    const made = Array.from({ length: 300 }, (_, n) => preparedName(`SELECT ${n + 10}`));
    expect(made.at(-1)).toBeUndefined();
    expect(preparedName('SELECT 1')).toBe(known);
  });
});
