import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { arrayReader } from '../../../messaging/test/array-reader';
import { binaryArray, type BinaryElementType } from './binary-array';

const read = arrayReader();

/** What PostgreSQL understands by it. */
function understood(elements: readonly unknown[], type: BinaryElementType): Promise<unknown> {
  const array = binaryArray(type, elements);
  if (array === undefined) throw new TypeError('no binary form');
  return read(array, type);
}

async function expectRoundTrips<T>(type: BinaryElementType, element: fc.Arbitrary<T>, shown: (value: T) => unknown) {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(element)), async (elements) => {
      const expected = elements.map((each) => (each === null ? null : shown(each)));
      expect(await understood(elements, type)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
}

const asItIs = (value: unknown): unknown => value;

describe('the binary form of an array', () => {
  it('is understood as it was meant, whatever text is in it', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme', minLength: 30, maxLength: 60 }),
      fc.constantFrom('', 'NULL', '{}', '"', '\\', 'ä', `${'a'.repeat(39)}é`, 'a'.repeat(41), '😀'.repeat(20)),
    );
    // PostgreSQL cannot store the character 0, nor half of a pair.
    await expectRoundTrips(
      'text',
      text.filter((each) => !each.includes('\0') && each.isWellFormed()),
      asItIs,
    );
  });

  it('keeps UUIDs', () => expectRoundTrips('uuid', fc.uuid(), asItIs));

  it('keeps a UUID in capitals', async () => {
    const id = randomUUID();
    expect(await understood([id.toUpperCase()], 'uuid')).toEqual([id]);
  });

  it('keeps integers', () => expectRoundTrips('integer', fc.integer(), asItIs));

  it('keeps small integers', () =>
    expectRoundTrips('smallint', fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }), asItIs));

  it('keeps big integers, given as numbers or as text', async () => {
    await expectRoundTrips('bigint', fc.maxSafeInteger(), String);
    await expectRoundTrips('bigint', fc.maxSafeInteger().map(String), asItIs);
  });

  it('keeps booleans', () => expectRoundTrips('boolean', fc.boolean(), asItIs));

  it('keeps moments, before and after 2000, to the millisecond', () => {
    const moment = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    return expectRoundTrips('timestamptz', moment, asItIs);
  });

  it('keeps bytes', () => expectRoundTrips('bytea', fc.uint8Array({ maxLength: 100 }), (bytes) => Buffer.from(bytes)));

  it('keeps JSON, as it is written', async () => {
    // jsonb cannot hold the character 0, nor half of a pair.
    const json = fc.json().filter((text) => !/\\u0000|\\ud[89a-f]/.test(text));
    await expectRoundTrips('json', json, (text) => JSON.parse(text) as unknown);
    await expectRoundTrips('jsonb', json, (text) => JSON.parse(text) as unknown);
  });

  it('has room for more than a megabyte, and is the same after', async () => {
    const large = ['a'.repeat(1_500_000), 'é'.repeat(400_000), null];
    expect(await understood(large, 'text')).toEqual(large);
    expect(await understood(['small'], 'text')).toEqual(['small']);
  });

  it.each<[BinaryElementType, unknown]>([
    ['uuid', 'not-a-uuid'],
    ['uuid', '0123456789abcdef0123456789abcdef'],
    ['uuid', '01234567-89ab-cdef-0123-456789abcdeg'],
    ['uuid', '01234567-89ab-cdef-0123_456789abcdef'],
    ['uuid', '01234567-89ab-cdef-0123-456789abcdé0'],
    ['text', 1],
    ['integer', 2 ** 31],
    ['integer', 1.5],
    ['integer', '1'],
    ['smallint', -(2 ** 15) - 1],
    ['bigint', 2 ** 53],
    ['bigint', '9007199254740993'],
    ['bigint', ' 1'],
    ['boolean', 'true'],
    ['timestamptz', '2026-02-03T04:05:06.789Z'],
    ['timestamptz', new Date(Number.NaN)],
    ['jsonb', { a: 1 }],
    ['bytea', 'text'],
  ])('of %s is not made of %p', (type, value) => {
    expect(binaryArray(type, [value])).toBeUndefined();
  });
});
