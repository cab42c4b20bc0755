import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStockAllocations1763800200000 implements MigrationInterface {
  readonly name = 'CreateStockAllocations1763800200000';

  async up(runner: QueryRunner): Promise<void> {
    // Nearly every row is changed once, right after it was inserted; half-filled pages keep that change off the index.
    await runner.query(`
      CREATE TABLE stock_allocations (
        order_id uuid PRIMARY KEY,
        status text NOT NULL CHECK (status IN ('taken', 'insufficient', 'returned', 'refused')),
        items jsonb NOT NULL CHECK (jsonb_typeof(items) = 'array'),
        user_id text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CHECK ((status = 'refused') = (items = '[]'))
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_allocations');
  }
}
