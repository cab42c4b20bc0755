import { Client } from 'pg';
import { objectionsTo, plansOf } from './query-plans';
import { createTestDatabase, type TestDatabase } from './test-database';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase('order-service');
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('CREATE TABLE things (id int PRIMARY KEY, kind int, note text)');
  await client.query(`INSERT INTO things SELECT n, n % 7, 'a' FROM generate_series(1, 50000) AS n`);
  await client.query('CREATE INDEX ON things (kind, id)');
  await client.query('VACUUM ANALYZE things');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const BOUNDS = { rows: 20, blocks: 30 };
const objections = async (text: string, values: unknown[] = []) =>
  objectionsTo(await plansOf(database.adminUrl, () => client.query(text, values)), BOUNDS);

describe('a request', () => {
  it('that finds its rows by an index is fine', async () => {
    expect(await objections('SELECT * FROM things WHERE id < $1 ORDER BY id DESC LIMIT 20', [40_000])).toEqual([]);
    expect(await objections('SELECT * FROM things WHERE id = ANY ($1)', [[1, 2, 3]])).toEqual([]);
  });

  it('that reads a whole table is not', async () => {
    const found = await objections(`SELECT count(*) FROM things WHERE note = 'b'`);
    expect(found[0]).toMatch(/^reads all of things: SELECT count/);
    expect(found[1]).toMatch(/^looks at 50000 rows, 20 at most/);
  });

  it('that throws rows away which an index gave it is not', async () => {
    await client.query('SET enable_seqscan = off');
    const found = await objections(`SELECT * FROM things WHERE note = $1 ORDER BY id DESC LIMIT 5`, ['b']);
    await client.query('RESET enable_seqscan');
    expect(found[0]).toMatch(/^looks at 50000 rows, 20 at most/);
  });

  it('that walks through a whole index for a few rows is not', async () => {
    await client.query('SET enable_seqscan = off');
    const found = await objections('SELECT count(*) FROM things WHERE id % 50000 = 1');
    await client.query('RESET enable_seqscan');
    expect(found.join()).not.toContain('reads all');
    expect(found.join()).toMatch(/looks at \d+ blocks, 30 at most/);
  });

  it('that sends nothing has proved nothing', async () => {
    expect(objectionsTo(await plansOf(database.adminUrl, () => Promise.resolve()), BOUNDS)).toEqual([
      'sends no statement',
    ]);
  });
});

describe('a statement', () => {
  it('is explained with the settings of the session that sent it', async () => {
    await client.query('SET enable_seqscan = off');
    await client.query('SET enable_indexscan = off');
    const [plan] = await plansOf(database.adminUrl, () => client.query('SELECT note FROM things WHERE id = 7'));
    await client.query('RESET ALL');
    expect(plan).toMatchObject({ sequentialScans: [], rows: 1 });
  });

  it('that is prepared is explained for its values and for any', async () => {
    const query = { name: 'all', text: 'SELECT note FROM things WHERE ($1::int IS NULL OR id = $1)', values: [7] };
    const plans = await plansOf(database.adminUrl, () => client.query(query));
    expect(plans.map(({ sequentialScans }) => sequentialScans)).toEqual([[], ['things']]);
  });

  it('of somebody else is left out, and what one changes stays as it was', async () => {
    const other = new Client({ connectionString: database.url });
    await other.connect();
    const plans = plansOf(database.adminUrl, () => client.query(`UPDATE things SET note = 'c' WHERE id = 1`));
    await other.query('SELECT 1 FROM things WHERE id = 2');
    expect((await plans).map(({ text }) => text)).toEqual([`UPDATE things SET note = 'c' WHERE id = 1`]);
    await other.end();
  });
});
