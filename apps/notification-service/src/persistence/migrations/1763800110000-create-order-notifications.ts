import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row per order: who decides about an order's notifications holds its lock. */
export class CreateOrderNotifications1763800110000 implements MigrationInterface {
  readonly name = 'CreateOrderNotifications1763800110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE order_notifications (
        order_id uuid PRIMARY KEY,
        cancelled boolean NOT NULL
      ) WITH (fillfactor = 80)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE order_notifications');
  }
}
