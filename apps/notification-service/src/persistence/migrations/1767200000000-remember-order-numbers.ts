import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers call their order by. Null: nobody has told it yet, and of an order that is older than numbers nobody may ever do. */
export class RememberOrderNumbers1767200000000 implements MigrationInterface {
  readonly name = 'RememberOrderNumbers1767200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_notifications ADD COLUMN order_number text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_notifications DROP COLUMN order_number');
  }
}
