import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The books of the simulated gateway. They stand for another company's database: no payment row refers to them. */
export class CreateGatewayLedger1763900100000 implements MigrationInterface {
  readonly name = 'CreateGatewayLedger1763900100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway_ledger (
        idempotency_key text PRIMARY KEY,
        operation text NOT NULL CHECK (operation IN ('authorize', 'capture', 'void', 'refund')),
        reference text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN
          ('authorized', 'declined', 'insufficient_funds', 'captured', 'capture_refused', 'voided', 'refunded')),
        amount numeric(12,2) NOT NULL,
        currency text NOT NULL,
        payment_method text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX gateway_ledger_reference ON gateway_ledger (reference)');
    await runner.query(`
      CREATE UNIQUE INDEX gateway_ledger_one_end_per_hold ON gateway_ledger (reference)
      WHERE outcome IN ('captured', 'voided')`);
    await runner.query(`
      CREATE UNIQUE INDEX gateway_ledger_one_refund ON gateway_ledger (reference) WHERE outcome = 'refunded'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_ledger');
  }
}
