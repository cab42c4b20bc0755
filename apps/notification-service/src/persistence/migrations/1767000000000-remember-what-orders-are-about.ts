import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose order it is and over what, as the first news said. Null: not known, of orders that are older than these columns. */
export class RememberWhatOrdersAreAbout1767000000000 implements MigrationInterface {
  readonly name = 'RememberWhatOrdersAreAbout1767000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE order_notifications ADD COLUMN user_id text, ADD COLUMN currency text, ADD COLUMN total numeric(12,2)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_notifications DROP COLUMN user_id, DROP COLUMN currency, DROP COLUMN total');
  }
}
