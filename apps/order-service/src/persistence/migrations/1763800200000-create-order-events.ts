import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit trail. Its owner is refused changes as well, until it grants itself the right again. */
export class CreateOrderEvents1763800200000 implements MigrationInterface {
  readonly name = 'CreateOrderEvents1763800200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE order_events (
        order_id uuid NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        event text NOT NULL,
        from_status text,
        to_status text NOT NULL,
        reason text,
        actor text NOT NULL,
        cause_event_id uuid,
        correlation_id text NOT NULL,
        occurred_at timestamptz NOT NULL,
        previous_hash text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (order_id, number)
      )`);
    await runner.query('REVOKE UPDATE, DELETE, TRUNCATE ON order_events FROM CURRENT_USER');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE order_events');
  }
}
