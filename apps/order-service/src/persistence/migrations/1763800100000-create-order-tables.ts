import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrderTables1763800100000 implements MigrationInterface {
  readonly name = 'CreateOrderTables1763800100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orders (
        order_id uuid PRIMARY KEY,
        user_id text NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'paid', 'confirmed', 'cancelled')),
        cancellation_reason text CHECK (cancellation_reason IN
          ('payment_failed', 'out_of_stock', 'cancelled_by_customer', 'timed_out')),
        total_amount numeric(12,2) NOT NULL CHECK (total_amount >= 0),
        currency text NOT NULL,
        payment_method text NOT NULL,
        correlation_id text NOT NULL,
        deadline_at timestamptz NOT NULL,
        event_count integer NOT NULL,
        last_event_hash text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CHECK ((status = 'cancelled') = (cancellation_reason IS NOT NULL))
      ) WITH (fillfactor = 70)`);
    // Order ids are time-ordered (UUID v7), so they serve as the sort key of every list.
    await runner.query('CREATE INDEX orders_of_user ON orders (user_id, order_id)');
    await runner.query(
      `CREATE INDEX orders_open_by_deadline ON orders (deadline_at) WHERE status IN ('pending', 'paid')`,
    );
    await runner.query(`
      CREATE TABLE order_items (
        order_id uuid NOT NULL REFERENCES orders,
        line_number smallint NOT NULL,
        product_id text NOT NULL,
        product_name text NOT NULL,
        quantity integer NOT NULL CHECK (quantity > 0),
        price numeric(12,2) NOT NULL CHECK (price >= 0),
        PRIMARY KEY (order_id, line_number)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE order_items');
    await runner.query('DROP TABLE orders');
  }
}
