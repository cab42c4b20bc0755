import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * No index has a column that changes on a payment's way from `pending` to `capturing`, so that PostgreSQL updates the row alone (a heap-only
 * tuple) instead of writing a new entry to each index.
 */
export class LeaveIndexesOfPaymentsAlone1764300000000 implements MigrationInterface {
  readonly name = 'LeaveIndexesOfPaymentsAlone1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payments_due, payments_by_status');
    await runner.query(`
      ALTER TABLE payments
        ADD look_at timestamptz,
        ADD final_status text GENERATED ALWAYS AS (
          CASE WHEN status IN ('captured', 'failed', 'voided', 'refunded', 'cancelled') THEN status END) STORED,
        SET (fillfactor = 60)`);
    await runner.query('UPDATE payments SET look_at = due_at WHERE due_at IS NOT NULL');
    await runner.query(`
      ALTER TABLE payments ADD CONSTRAINT payments_look_at
        CHECK (due_at IS NULL OR (look_at IS NOT NULL AND look_at <= due_at))`);
    await runner.query('CREATE INDEX payments_to_look_at ON payments (look_at) WHERE look_at IS NOT NULL');
    await runner.query('CREATE INDEX payments_open ON payments (payment_id) WHERE final_status IS NULL');
    // Nearly every payment ends captured: a list of those needs no index, and the rest stays small.
    await runner.query(
      `CREATE INDEX payments_ended_otherwise ON payments (final_status, payment_id) WHERE final_status <> 'captured'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payments_to_look_at, payments_open, payments_ended_otherwise');
    await runner.query(`
      ALTER TABLE payments DROP CONSTRAINT payments_look_at, DROP look_at, DROP final_status, RESET (fillfactor)`);
    await runner.query('CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL');
    await runner.query(`CREATE INDEX payments_by_status ON payments (status, payment_id) WHERE status <> 'captured'`);
  }
}
