import { DomainError } from '../errors/domain.error';
import { parseIdempotencyKey } from './idempotency-key';

describe('an Idempotency-Key', () => {
  it.each([
    ['order-1', 'order-1'],
    ['"order-1"', 'order-1'],
    ['two words', 'two words'],
    ['"two words"', 'two words'],
    ['say "yes"', 'say "yes"'],
    [String.raw`"say \"yes\" \\o/"`, String.raw`say "yes" \o/`],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
    [`"${String.raw`\"`.repeat(255)}"`, '"'.repeat(255)],
  ])('%s is the key %s', (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  it('is optional', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each([
    ['empty', ''],
    ['an empty quoted string', '""'],
    ['256 characters long', 'k'.repeat(256)],
    ['256 characters long between quotes', `"${'k'.repeat(256)}"`],
    ['a quoted string that does not end', '"order-1'],
    ['a quoted string with something behind it', '"order-1" x'],
    ['a quoted string with an unknown escape', String.raw`"order\n1"`],
    ['a control character', 'order\u00001'],
    ['not ASCII', 'commande-é'],
    ['white space', '" "'],
  ])('is refused when it is %s', (_case, header) => {
    const refused = (): unknown => parseIdempotencyKey(header);
    expect(refused).toThrow(DomainError);
    expect(refused).toThrow(/must be 1 to 255 visible ASCII characters/);
  });
});
