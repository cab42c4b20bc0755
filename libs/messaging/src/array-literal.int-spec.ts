import { infrastructureUrls } from '@app/testing';
import fc from 'fast-check';
import pg from 'pg';
import { arrayLiteral } from './array-literal';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: infrastructureUrls().adminUrl });
  await client.connect();
});
afterAll(() => client.end());

/** What PostgreSQL understands by it. */
async function understood(elements: readonly unknown[], type: string): Promise<unknown> {
  const { rows } = await client.query<{ element: unknown }>(`SELECT unnest($1::${type}[]) AS element`, [
    arrayLiteral(elements),
  ]);
  return rows.map(({ element }) => element);
}

describe('the text form of an array', () => {
  it('is understood as it was meant, whatever text is in it', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', 'null', 'NULL', 'nulls', '{}', '"', '\\', '\\"', ' a ', 'a,b', '\n', 'ab\u00a0c'),
    );
    // PostgreSQL can not store the character 0, nor half of a pair: the request is refused before.
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
