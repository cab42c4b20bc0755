import pg from 'pg';
import { v7 } from 'uuid';
import { assertItAddsUp, createTables, dropTables, PRODUCTS } from './tables.ts';

/** What one client program reached. */
export interface RawSqlResult {
  readonly ordersPerSecond: number;
  readonly orders: number;
  readonly seconds: number;
  /** Of the client program alone. */
  readonly clientCpuSecondsPer1000: number;
}

export interface RawSqlOptions {
  /** Of somebody who may create a schema. */
  readonly databaseUrl: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
}

const SCHEMA = 'raw_sql_baseline';

/** Prepared once for each connection, under their names. */
const STATEMENTS = {
  order: `INSERT INTO orders VALUES ($1, $2, 'pending', 19.99, 'USD', 'credit_card', now(), now())`,
  item: `INSERT INTO order_items VALUES ($1, 1, $2, 'Benchmark product', 1, 19.99)`,
  payment: `INSERT INTO payments VALUES ($1, $2, $3, 'captured', 19.99, 'USD', $4, now())`,
  stock: `UPDATE inventory SET quantity = quantity - 1 WHERE product_id = $1 AND quantity >= 1`,
  movement: `INSERT INTO stock_movements (product_id, order_id, quantity_delta, created_at) VALUES ($1, $2, -1, now())`,
  confirm: `UPDATE orders SET status = 'confirmed', updated_at = now() WHERE order_id = $1`,
  notify: `INSERT INTO notifications VALUES
    ($1, $4, $5, 'order_received', 'Order received', $6, 'sent', now()),
    ($2, $4, $5, 'order_paid', 'Payment received', $6, 'sent', now()),
    ($3, $4, $5, 'order_confirmed', 'Order confirmed', $6, 'sent', now())`,
} as const;

/**
 * What the database alone allows in the usual design: the writes of one order, one transaction per step (order, payment,
 * stock, confirmation, notification), by one program over a few connections, with no HTTP and no Kafka between them. A step
 * of one statement is a transaction without BEGIN, as cheap as it gets.
 */
export async function rawSqlBaseline(options: RawSqlOptions): Promise<RawSqlResult> {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.connections,
    options: `-c search_path=${SCHEMA}`,
  });
  // `end` does not wait until connections are closed: the server may be stopped meanwhile and say so. Statements report their
  // own errors.
  pool.on('error', () => undefined);
  try {
    await createTables(pool, SCHEMA);
    await placeFor(pool, options.connections, options.warmUpSeconds);
    const cpuBefore = process.cpuUsage();
    const begin = performance.now();
    const orders = await placeFor(pool, options.connections, options.seconds);
    const seconds = (performance.now() - begin) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    await assertItAddsUp(pool);
    const per1000 = (user + system) / 1e6 / (orders / 1_000);
    return { ordersPerSecond: orders / seconds, orders, seconds, clientCpuSecondsPer1000: per1000 };
  } finally {
    await dropTables(pool, SCHEMA);
    await pool.end();
  }
}

/** @returns how many orders went through all of their steps. */
async function placeFor(pool: pg.Pool, connections: number, seconds: number): Promise<number> {
  const deadline = performance.now() + seconds * 1_000;
  let placed = 0;
  const lane = async (): Promise<void> => {
    const client = await pool.connect();
    try {
      for (; performance.now() < deadline; placed += 1) await placeOne(client);
    } finally {
      client.release();
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return placed;
}

async function placeOne(client: pg.PoolClient): Promise<void> {
  const run = (name: keyof typeof STATEMENTS, values: unknown[]) =>
    client.query({ name, text: STATEMENTS[name], values });
  const orderId = v7();
  const user = `user_${Math.floor(Math.random() * 1_000)}`;
  const product = `product-${Math.floor(Math.random() * PRODUCTS)}`;

  await client.query('BEGIN');
  await run('order', [orderId, user]);
  await run('item', [orderId, product]);
  await client.query('COMMIT');

  await run('payment', [v7(), orderId, user, `ref_${orderId}`]);

  await client.query('BEGIN');
  await run('stock', [product]);
  await run('movement', [product, orderId]);
  await client.query('COMMIT');

  await run('confirm', [orderId]);
  await run('notify', [v7(), v7(), v7(), orderId, user, `Your order ${orderId} over 19.99 USD.`]);
}
