import type pg from 'pg';

/** Products `product-0` to `product-49`, with a stock that no baseline can use up. */
export const PRODUCTS = 50;
const UNITS = 10_000_000;

/** What the services keep of an order, and nothing that makes a system of them: no outbox, no inbox, no audit trail. */
const TABLES = `
  CREATE TABLE orders (
    order_id uuid PRIMARY KEY, user_id text NOT NULL, status text NOT NULL, total_amount numeric(12,2) NOT NULL,
    currency text NOT NULL, payment_method text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
  );
  CREATE INDEX ON orders (user_id, order_id);
  CREATE TABLE order_items (
    order_id uuid NOT NULL REFERENCES orders, line_number smallint NOT NULL, product_id text NOT NULL,
    product_name text NOT NULL, quantity integer NOT NULL, price numeric(12,2) NOT NULL, PRIMARY KEY (order_id, line_number)
  );
  CREATE TABLE payments (
    payment_id uuid PRIMARY KEY, order_id uuid NOT NULL UNIQUE, user_id text NOT NULL, status text NOT NULL,
    amount numeric(12,2) NOT NULL, currency text NOT NULL, reference text NOT NULL, created_at timestamptz NOT NULL
  );
  CREATE INDEX ON payments (user_id, payment_id);
  CREATE TABLE inventory (product_id text PRIMARY KEY, quantity integer NOT NULL CHECK (quantity >= 0));
  CREATE TABLE stock_movements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product_id text NOT NULL, order_id uuid NOT NULL,
    quantity_delta integer NOT NULL, created_at timestamptz NOT NULL
  );
  CREATE INDEX ON stock_movements (product_id, id);
  CREATE TABLE notifications (
    notification_id uuid PRIMARY KEY, order_id uuid NOT NULL, user_id text NOT NULL, notification_type text NOT NULL,
    subject text NOT NULL, message text NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL
  );
  CREATE INDEX ON notifications (user_id, notification_id);
  CREATE INDEX ON notifications (order_id);
  INSERT INTO inventory SELECT 'product-' || n, ${UNITS} FROM generate_series(0, ${PRODUCTS - 1}) AS n`;

/** Makes the tables anew, in a schema that the pool's connections have as their search path. */
export async function createTables(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}; ${TABLES}`);
}

export async function dropTables(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}

/** @throws Error when an order has not gone through all of its steps: a baseline that leaves something out would be none. */
export async function assertItAddsUp(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<Record<string, string>>(`
    SELECT (SELECT count(*) FROM orders WHERE status = 'confirmed') AS confirmed,
      (SELECT count(*) FROM order_items) AS items, (SELECT count(*) FROM payments) AS payments,
      (SELECT count(*) FROM stock_movements) AS movements,
      (SELECT trim_scale(count(*) / 3.0) FROM notifications) AS notifications,
      (SELECT ${PRODUCTS}::bigint * ${UNITS} - sum(quantity) FROM inventory) AS taken,
      (SELECT count(*) FROM orders) AS placed`);
  const counts = new Set(Object.values(rows[0] ?? {}));
  if (counts.size !== 1) throw new Error(`the baseline does not add up: ${JSON.stringify(rows[0])}`);
}
