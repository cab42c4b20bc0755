import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists of cancelled orders find them without looking at the others. Nothing in this index changes before an order is cancelled, so
 * an order on its way still touches none.
 */
export class IndexCancelledOrders1766100000000 implements MigrationInterface {
  readonly name = 'IndexCancelledOrders1766100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX orders_cancelled ON orders (order_id) WHERE cancellation_reason IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX orders_cancelled');
  }
}
