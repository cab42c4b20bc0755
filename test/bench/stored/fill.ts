import { statfs } from 'node:fs/promises';
import { Client } from 'pg';
import { UNITS, type BenchSystem } from '../bench-system.ts';
import { PRICE } from '../load.ts';
import { ROWS_OF_ORDERS, STOCK_LEFT } from './statements.ts';

/** What an order takes on disk with all that belongs to it and the indexes, and the log while it is written. */
const BYTES_AN_ORDER = 7_500;
const YEAR_MS = 365 * 86_400_000;
const INBOX_KEEPS_MS = 8 * 86_400_000;
const CONNECTIONS = 2;

/**
 * Writes confirmed, paid, served and told orders into the tables of all services, as if they had been placed over the last
 * year, evenly and by many users. The outboxes stay empty, and the inboxes know the last eight days, as in a system that works.
 * For a fresh system with nothing to do.
 *
 * @throws Error when the disk has no room for them
 */
export async function fillWithOrders(
  bench: BenchSystem,
  orders: number,
): Promise<{ readonly databaseMiB: number; readonly seconds: number }> {
  await checkRoom(bench.system.stack.directories.postgres, orders);
  const begin = performance.now();
  const url = bench.system.stack.databaseUrl('admin');
  const start = Date.now() - YEAR_MS;
  const step = YEAR_MS / (orders + 1);
  const remembered = Math.floor(orders * (1 - INBOX_KEEPS_MS / YEAR_MS));
  const values = { orders, start, step, remembered, units: UNITS, price: PRICE };
  const waiting = [...ROWS_OF_ORDERS];
  const lane = async (client: Client): Promise<void> => {
    for (let rows = waiting.shift(); rows !== undefined; rows = waiting.shift()) {
      await client.query(rows(values), [bench.products]);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => withClient(url, lane)));
  return withClient(url, async (client) => {
    await client.query(STOCK_LEFT(values), [bench.products]);
    // What autovacuum would do while it is measured: a system that has had its orders for a year has been vacuumed.
    await client.query(`SET maintenance_work_mem = '256MB'`);
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ mib: string }>(
      'SELECT pg_database_size(current_database()) / 1048576 AS mib',
    );
    return { databaseMiB: Number(rows[0]?.mib), seconds: Math.round((performance.now() - begin) / 1_000) };
  });
}

/** The administrator's: foreign keys need not be looked up for rows that are written together. */
async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const options = '-c session_replication_role=replica -c synchronous_commit=off -c statement_timeout=3600s';
  const client = new Client({ connectionString: url, options });
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
  const [free, needed] = [bavail * bsize, orders * BYTES_AN_ORDER];
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (free < needed) throw new Error(`${orders} orders take ${gib(needed)} of disk, and ${gib(free)} are free`);
}
