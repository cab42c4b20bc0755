import fc from 'fast-check';
import { arrayReader } from '../../../messaging/test/array-reader';
import { arrayLiteral } from './array-literal';

const read = arrayReader();

/** What PostgreSQL understands by it. */
function understood(elements: readonly unknown[], type: string): Promise<unknown> {
  return read(arrayLiteral(elements), type);
}

describe('the text form of an array', () => {
  it('is understood as it was meant, whatever text is in it', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', 'null', 'NULL', 'nulls', '{}', '"', '\\', '\\"', ' a ', 'a,b', '\n', 'ab\u00a0c'),
    );
    // PostgreSQL cannot store the character 0, nor half of a pair: the request is refused before.
    const storable = text.filter((each) => !each.includes('\0') && each.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(storable)), async (elements) => {
        expect(await understood(elements, 'text')).toEqual(elements);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['integer', [1, -2, null, undefined], [1, -2, null, null]],
    ['numeric', ['12.50', '-0.01'], ['12.50', '-0.01']],
    ['boolean', [true, false], [true, false]],
    ['bigint', [2n ** 60n], ['1152921504606846976']],
    ['timestamptz', [new Date('2026-02-03T04:05:06.789Z')], [new Date('2026-02-03T04:05:06.789Z')]],
    ['text', [], []],
  ])('keeps %s', async (type, elements, expected) => {
    expect(await understood(elements, type)).toEqual(expected);
  });

  it('leaves to pg what it does not know', () => {
    expect(arrayLiteral([Buffer.from('a')])).toBeUndefined();
    expect(arrayLiteral([['a']])).toBeUndefined();
  });
});
