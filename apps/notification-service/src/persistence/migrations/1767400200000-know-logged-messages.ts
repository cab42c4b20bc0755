import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A message that was only written to the log is not sent. Those of before stay as they are: nobody knows any more which they were. */
export class KnowLoggedMessages1767400200000 implements MigrationInterface {
  readonly name = 'KnowLoggedMessages1767400200000';

  async up(runner: QueryRunner): Promise<void> {
    await this.allow(runner, `'pending', 'sent', 'failed', 'undeliverable', 'superseded', 'logged'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // As it was recorded before there was a word for it.
    await runner.query(`UPDATE notifications SET status = 'sent' WHERE status = 'logged'`);
    await this.allow(runner, `'pending', 'sent', 'failed', 'undeliverable', 'superseded'`);
  }

  private async allow(runner: QueryRunner, statuses: string): Promise<void> {
    await runner.query(`
      ALTER TABLE notifications DROP CONSTRAINT notifications_status_check,
        ADD CONSTRAINT notifications_status_check CHECK (status IN (${statuses}))`);
  }
}
