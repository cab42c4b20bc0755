import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What somebody else does to the money at the gateway: several refunds of one payment, disputes, and a look at how it stands. */
export class AddChangesAtTheGateway1764400000000 implements MigrationInterface {
  readonly name = 'AddChangesAtTheGateway1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments
        ADD dispute text CHECK (dispute IN ('open', 'won', 'lost')),
        ADD heard boolean NOT NULL DEFAULT false,
        ADD adjustments integer NOT NULL DEFAULT 0,
        DROP CONSTRAINT payments_operation_check,
        ADD CONSTRAINT payments_operation_check
          CHECK (operation IN ('authorize', 'capture', 'void', 'refund', 'inspect'))`);
    await runner.query('DROP INDEX gateway_ledger_one_refund');
    await runner.query(`
      CREATE INDEX gateway_ledger_by_operators ON gateway_ledger (created_at) WHERE idempotency_key LIKE '%:operator:%'`);
  }

  /** Refuses while an inspection is due or a hold has several refunds: neither can be told in the older tables. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX gateway_ledger_by_operators');
    await runner.query(`
      CREATE UNIQUE INDEX gateway_ledger_one_refund ON gateway_ledger (reference) WHERE outcome = 'refunded'`);
    await runner.query(`
      ALTER TABLE payments
        DROP dispute,
        DROP heard,
        DROP adjustments,
        DROP CONSTRAINT payments_operation_check,
        ADD CONSTRAINT payments_operation_check CHECK (operation IN ('authorize', 'capture', 'void', 'refund'))`);
  }
}
