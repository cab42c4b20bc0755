import { createTestDatabase, objectionsTo, plansOf, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import {
  allLookedAt,
  boundedLook,
  boundedPage,
  LOOKED_AT,
  oneMore,
  pageFrom,
  type Look,
  type PageRow,
} from './bounded-look';

const MANY = 200_000;
const LIMIT = 20;

let database: TestDatabase;
let client: Client;

/** Half of the rows are of one value, and all of these are old; the others are of a value each. Never vacuumed: no index alone is enough. */
beforeAll(async () => {
  database = await createTestDatabase('order-service');
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('CREATE TABLE things (id int PRIMARY KEY, kind text, state text) WITH (autovacuum_enabled = off)');
  await client.query('CREATE INDEX ON things (kind, id)');
  await client.query(
    `INSERT INTO things SELECT n, CASE WHEN n <= $1 / 2 AND n % 20 <> 1 THEN 'former' ELSE md5(n::text) END, CASE n % 1000 WHEN 0 THEN 'rare' ELSE 'usual' END
     FROM generate_series(1, $1::int) AS n`,
    [MANY],
  );
  await client.query('ANALYZE things');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const things = (look: Partial<Look>): Look => ({ table: 'things', key: 'id', wanted: [], ...look });
const former = { column: 'kind', value: '$1::text' };

async function objections(sql: string, values: unknown[], rows: number): Promise<string[]> {
  return objectionsTo(await plansOf(database.adminUrl, () => client.query(sql, values)), {
    rows,
    blocks: 2 * rows + 20,
  });
}

async function ids(sql: string, values: unknown[]): Promise<number[]> {
  return (await client.query<{ id: number }>(sql, values)).rows.map(({ id }) => id);
}

/** As numbers, which is what the key is here. */
async function page(look: Look, limit: number, values: unknown[] = []): Promise<{ shown: unknown[]; next: unknown }> {
  const { rows } = await client.query<PageRow>(boundedPage(look, String(limit + 1)), values);
  const { shown, next } = pageFrom(rows, limit);
  return { shown: shown.map(({ page_key }) => page_key), next };
}

describe('a page of what is all long ago, and is half of the table', () => {
  it.each([
    { what: 'its first page', before: undefined, values: ['former'] },
    { what: 'a later page', before: '$2::int', values: ['former', 40_000] },
    { what: 'a page that begins among newer ones', before: '$2::int', values: ['former', 150_000] },
  ])('is found without looking at anything else: $what', async ({ before, values }) => {
    const look = things({ of: former, before });
    expect(await objections(boundedLook(look, String(LIMIT)), values, LIMIT)).toEqual([]);
    const first = Math.min(MANY / 2, Number(values[1] ?? MANY) - 1);
    const expected = Array.from({ length: 2 * LIMIT }, (_, n) => first - n).filter((id) => id % 20 !== 1);
    expect(await ids(boundedLook(look, String(LIMIT)), values)).toEqual(expected.slice(0, LIMIT));
  });

  it('is found among ten thousand of them when something has to be tried', async () => {
    const look = things({ of: former, wanted: [`state = 'unknown'`] });
    for (const sql of [boundedLook(look, String(LIMIT)), allLookedAt(look)])
      expect(await objections(sql, ['former'], LOOKED_AT)).toEqual([]);
    expect(await objections(boundedPage(look, String(LIMIT)), ['former'], 2 * LOOKED_AT)).toEqual([]);
    expect(await objections(oneMore(look), ['former'], LOOKED_AT + 1)).toEqual([]);
  });
});

describe('a look', () => {
  it('ends when the page is full', async () => {
    const look = things({ of: former, wanted: [`state = 'rare'`] });
    expect(await objections(boundedLook(look, '3'), ['former'], 2_001)).toEqual([]);
    expect(await ids(boundedLook(look, '3'), ['former'])).toEqual([100_000, 99_000, 98_000]);
    expect(await objections(boundedPage(look, '3'), ['former'], 2_001)).toEqual([]);
    expect(await page(look, 2, ['former'])).toEqual({ shown: [100_000, 99_000], next: 99_000 });
  });

  it('goes on where it ended, below what it has found', async () => {
    const look = things({ wanted: [`state = 'unknown'`] });
    expect(await page(look, LIMIT)).toEqual({ shown: [], next: MANY - LOOKED_AT + 1 });
    expect(await page({ ...look, before: '9000' }, LIMIT)).toEqual({ shown: [], next: undefined });
    const few = things({ wanted: ['id IN (199999, 190001, 190000)'] });
    expect(await page(few, LIMIT)).toEqual({ shown: [199_999, 190_001], next: 190_001 });
    expect(await page({ ...few, before: '190001' }, LIMIT)).toEqual({ shown: [190_000], next: 180_001 });
  });

  it('is at its end with a page that is not full when nothing has to be tried', async () => {
    const look = things({ before: '3' });
    expect(await page(look, 1)).toEqual({ shown: [2], next: 2 });
    expect(await page(look, 2)).toEqual({ shown: [2, 1], next: undefined });
  });
});
