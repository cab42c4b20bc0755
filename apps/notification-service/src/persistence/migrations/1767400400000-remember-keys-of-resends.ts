import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A resend that was asked for with an Idempotency-Key happens once per order and key. */
export class RememberKeysOfResends1767400400000 implements MigrationInterface {
  readonly name = 'RememberKeysOfResends1767400400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notifications ADD idempotency_key text');
    await runner.query(`
      CREATE UNIQUE INDEX notifications_idempotency ON notifications (order_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notifications DROP idempotency_key');
  }
}
