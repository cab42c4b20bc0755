import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The events Stripe has told us of, so that one that comes twice is heard once. */
export class CreateStripeEvents1763900200000 implements MigrationInterface {
  readonly name = 'CreateStripeEvents1763900200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stripe_events (
        event_id text PRIMARY KEY,
        type text NOT NULL,
        order_id uuid,
        received_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX stripe_events_received ON stripe_events (received_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stripe_events');
  }
}
