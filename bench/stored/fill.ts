import { statfs } from 'node:fs/promises';
import { Client } from 'pg';
import { UNITS, type BenchSystem } from '../bench-system.ts';
import { PRICE } from '../load.ts';
import { ROWS_OF_ORDERS } from './statements.ts';

/** What an order takes on disk with all that belongs to it and the indexes; the log comes to that. */
const BYTES_AN_ORDER = 6_500;
const LOG_BYTES = 4 * 2 ** 30;
const YEAR_MS = 365 * 86_400_000;
const INBOX_KEEPS_MS = 8 * 86_400_000;
const CONNECTIONS = 2;

/** Built in the end, at once, instead of row by row; those of constraints stay. */
const SECONDARY_INDEXES = `
  SELECT format('%I.%I', n.nspname, i.relname) AS name, pg_get_indexdef(i.oid) AS definition
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
  WHERE n.nspname LIKE '%\\_service' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.oid)
  ORDER BY pg_relation_size(x.indrelid) DESC`;

/**
 * Writes confirmed, paid, served and told orders into the tables of all services, as if they had been placed over the last
 * year, evenly and by many users. The outboxes stay empty, and the inboxes know the last eight days, as in a system that works.
 * For a fresh system; its services are stopped meanwhile.
 *
 * @throws Error when the disk has no room for them
 */
export async function fillWithOrders(
  bench: BenchSystem,
  orders: number,
): Promise<{ readonly databaseMiB: number; readonly seconds: number }> {
  await checkRoom(bench.system.stack.directories.postgres, orders);
  const services = Object.keys(bench.system.stack.services);
  await bench.stopAll(services);
  const begin = performance.now();
  const url = bench.system.stack.databaseUrl('admin');
  const start = Date.now() - YEAR_MS;
  const step = YEAR_MS / (orders + 1);
  const remembered = Math.floor(orders * (1 - INBOX_KEEPS_MS / YEAR_MS));
  const values = { orders, start, step, remembered, units: UNITS, price: PRICE };
  const indexes = await dropIndexes(url);
  await autovacuum(url, false);
  await inLanes(
    url,
    ROWS_OF_ORDERS.map((rows) => rows(values)),
    [bench.products],
  );
  await inLanes(url, indexes);
  const databaseMiB = await settle(url);
  await autovacuum(url, true);
  const seconds = Math.round((performance.now() - begin) / 1_000);
  await Promise.all(services.map((name) => bench.system.stack.supervisor.start(name)));
  return { databaseMiB, seconds };
}

/** @returns what makes them again. */
function dropIndexes(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; definition: string }>(SECONDARY_INDEXES);
    for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
    return rows.map(({ definition }) => definition);
  });
}

/** It would begin with tables that are not complete, and once more during the measurement. */
function autovacuum(url: string, on: boolean): Promise<unknown> {
  return withClient(url, async (client) => {
    await client.query(on ? 'ALTER SYSTEM RESET autovacuum' : 'ALTER SYSTEM SET autovacuum = off');
    await client.query('SELECT pg_reload_conf()');
  });
}

/** What autovacuum has long done in a system that has had its orders for a year. @returns the size of the database. */
function settle(url: string): Promise<number> {
  return withClient(url, async (client) => {
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ mib: string }>(
      'SELECT pg_database_size(current_database()) / 1048576 AS mib',
    );
    return Number(rows[0]?.mib);
  });
}

/** One statement after the other on each of a few connections. */
async function inLanes(url: string, statements: readonly string[], parameters: readonly unknown[] = []): Promise<void> {
  const waiting = [...statements];
  const lane = async (client: Client): Promise<void> => {
    for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
      await client.query(text, text.includes('$1') ? [...parameters] : []);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => withClient(url, lane)));
}

/** The administrator's: foreign keys need not be looked up for rows that are written together. */
async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const settings = {
    session_replication_role: 'replica',
    synchronous_commit: 'off',
    statement_timeout: '3600s',
    maintenance_work_mem: '256MB',
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const client = new Client({ connectionString: url, options: options.join(' ') });
  client.on('error', () => undefined); // the query that is running reports it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function checkRoom(directory: string, orders: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const [free, needed] = [bavail * bsize, orders * BYTES_AN_ORDER + LOG_BYTES];
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (free < needed) throw new Error(`${orders} orders take ${gib(needed)} of disk, and ${gib(free)} are free`);
}
