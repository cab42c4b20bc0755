import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps the trace in which an order was placed, so that its deadline goes on in it. Orders of before, and those of replicas of the version
 * before, have none. The column is written once and is in no index.
 */
export class KeepTracesOfOrders1767500000000 implements MigrationInterface {
  readonly name = 'KeepTracesOfOrders1767500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders ADD traceparent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP traceparent');
  }
}
