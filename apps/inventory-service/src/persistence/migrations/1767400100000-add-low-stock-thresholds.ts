import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A constant default: no row is rewritten. */
export class AddLowStockThresholds1767400100000 implements MigrationInterface {
  readonly name = 'AddLowStockThresholds1767400100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE inventory ADD low_stock_threshold integer NOT NULL DEFAULT 10
        CHECK (low_stock_threshold BETWEEN 0 AND 1000000000)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inventory DROP low_stock_threshold');
  }
}
