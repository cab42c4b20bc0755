import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MakeStockMovementsAppendOnly1763800400000 implements MigrationInterface {
  readonly name = 'MakeStockMovementsAppendOnly1763800400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE UPDATE, DELETE, TRUNCATE ON stock_movements FROM CURRENT_USER');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT UPDATE, DELETE, TRUNCATE ON stock_movements TO CURRENT_USER');
  }
}
