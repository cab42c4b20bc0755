import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStockTables1763800100000 implements MigrationInterface {
  readonly name = 'CreateStockTables1763800100000';

  async up(runner: QueryRunner): Promise<void> {
    // Ids are compared by their bytes: the order in which rows are locked and listed depends on no locale.
    await runner.query(`
      CREATE TABLE inventory (
        product_id text COLLATE "C" PRIMARY KEY,
        product_name text NOT NULL,
        quantity integer NOT NULL CHECK (quantity BETWEEN 0 AND 2000000000),
        price numeric(12,2) NOT NULL CHECK (price >= 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`);
    // No foreign key: checking it takes as long as everything else that is done while a hot product is locked. A movement is
    // only ever written for a row of inventory that the same transaction holds, and products are never deleted.
    await runner.query(`
      CREATE TABLE stock_movements (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        product_id text COLLATE "C" NOT NULL,
        order_id uuid,
        quantity_delta integer NOT NULL,
        balance integer NOT NULL CHECK (balance >= 0),
        reason text NOT NULL CHECK (reason IN ('initial', 'delivery', 'correction', 'taken', 'returned')),
        note text,
        actor text NOT NULL,
        idempotency_key text,
        created_at timestamptz NOT NULL,
        CHECK ((order_id IS NOT NULL) = (reason IN ('taken', 'returned'))),
        CHECK (CASE reason
          WHEN 'initial' THEN quantity_delta >= 0
          WHEN 'taken' THEN quantity_delta < 0
          WHEN 'correction' THEN quantity_delta <> 0
          ELSE quantity_delta > 0 END)
      )`);
    await runner.query('CREATE INDEX stock_movements_of_product ON stock_movements (product_id, id)');
    // An order takes a product once and gives it back once, whatever the code believes.
    await runner.query(`
      CREATE UNIQUE INDEX stock_movements_once_per_order ON stock_movements (order_id, product_id, reason)
      WHERE order_id IS NOT NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX stock_movements_idempotency ON stock_movements (product_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_movements');
    await runner.query('DROP TABLE inventory');
  }
}
