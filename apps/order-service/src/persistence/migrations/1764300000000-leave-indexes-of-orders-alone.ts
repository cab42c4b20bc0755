import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An order that becomes `paid` changes nothing an index has, so that PostgreSQL updates its row alone (a heap-only tuple). */
export class LeaveIndexesOfOrdersAlone1764300000000 implements MigrationInterface {
  readonly name = 'LeaveIndexesOfOrdersAlone1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX orders_open_by_deadline');
    await runner.query(`
      ALTER TABLE orders ADD open_until timestamptz GENERATED ALWAYS AS (
        CASE WHEN status IN ('pending', 'paid') THEN deadline_at END) STORED`);
    await runner.query('CREATE INDEX orders_open ON orders (open_until) WHERE open_until IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX orders_open');
    await runner.query('ALTER TABLE orders DROP open_until');
    await runner.query(
      `CREATE INDEX orders_open_by_deadline ON orders (deadline_at) WHERE status IN ('pending', 'paid')`,
    );
  }
}
