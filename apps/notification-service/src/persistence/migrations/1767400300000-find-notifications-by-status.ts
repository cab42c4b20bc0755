import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Those with an end that few have. What is sent or pending is in none of these indexes: it costs a message nothing to be sent. */
export class FindNotificationsByStatus1767400300000 implements MigrationInterface {
  readonly name = 'FindNotificationsByStatus1767400300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX notifications_not_sent ON notifications (status, notification_id)
      WHERE status IN ('failed', 'undeliverable', 'superseded', 'logged')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX notifications_not_sent');
  }
}
