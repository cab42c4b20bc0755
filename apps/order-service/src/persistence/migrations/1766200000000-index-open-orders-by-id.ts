import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists of open orders are read in their order, a page at a time, however many are open. As with `orders_open`, nothing of this
 * index changes when an order becomes `paid`.
 */
export class IndexOpenOrdersById1766200000000 implements MigrationInterface {
  readonly name = 'IndexOpenOrdersById1766200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX orders_open_by_id ON orders (order_id) WHERE open_until IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX orders_open_by_id');
  }
}
