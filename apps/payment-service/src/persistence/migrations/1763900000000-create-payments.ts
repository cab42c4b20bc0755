import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The payments, one per order. */
export class CreatePayments1763900000000 implements MigrationInterface {
  readonly name = 'CreatePayments1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payments (
        payment_id uuid PRIMARY KEY,
        order_id uuid NOT NULL UNIQUE,
        user_id text NOT NULL,
        stage text NOT NULL,
        status text NOT NULL,
        amount numeric(12,2) NOT NULL,
        captured_amount numeric(12,2) NOT NULL DEFAULT 0,
        refunded_amount numeric(12,2) NOT NULL DEFAULT 0,
        currency text NOT NULL,
        payment_method text,
        items jsonb NOT NULL,
        failure_reason text,
        gateway_reference text,
        refund_reference text,
        operation text CHECK (operation IN ('authorize', 'capture', 'void', 'refund')),
        idempotency_key text GENERATED ALWAYS AS (order_id::text || ':' || operation) STORED,
        attempts integer,
        uncertain boolean,
        sent_at timestamptz,
        due_at timestamptz,
        correlation_id text NOT NULL,
        causation_id text,
        traceparent text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT payments_amounts
          CHECK (0 <= refunded_amount AND refunded_amount <= captured_amount AND captured_amount <= amount),
        CONSTRAINT payments_operation CHECK (
          (operation IS NULL) = (due_at IS NULL) AND
          (operation IS NULL) = (attempts IS NULL) AND
          (operation IS NULL) = (uncertain IS NULL))
      )`);
    await runner.query('CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL');
    await runner.query('CREATE INDEX payments_of_user ON payments (user_id, payment_id)');
    // Nearly every payment ends captured: a list of those needs no index, and the rest stays small.
    await runner.query(`CREATE INDEX payments_by_status ON payments (status, payment_id) WHERE status <> 'captured'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payments');
  }
}
