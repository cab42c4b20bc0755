import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every message to a customer: what it says, where it goes, and what became of it. */
export class CreateNotifications1763800100000 implements MigrationInterface {
  readonly name = 'CreateNotifications1763800100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notifications (
        notification_id uuid PRIMARY KEY,
        order_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        due_at timestamptz,
        sent_at timestamptz,
        event_id uuid,
        resend smallint NOT NULL DEFAULT 0 CHECK (resend >= 0),
        position smallint NOT NULL CHECK (position > 0),
        attempts smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        user_id text NOT NULL,
        notification_type text NOT NULL CHECK (notification_type IN
          ('order_received', 'order_paid', 'payment_failed', 'order_confirmed', 'order_cancelled', 'payment_refunded')),
        channel text NOT NULL CHECK (channel IN ('email', 'sms')),
        status text NOT NULL CHECK (status IN ('pending', 'sent', 'failed', 'undeliverable', 'superseded')),
        held_by text CHECK (held_by IN ('worker', 'predecessor')),
        recipient text,
        facts text NOT NULL,
        correlation_id text NOT NULL,
        traceparent text,
        last_error text,
        UNIQUE (order_id, notification_type, channel, resend),
        CHECK ((status = 'pending') = (due_at IS NOT NULL)),
        CHECK (held_by IS NULL OR status = 'pending'),
        CHECK (status <> 'pending' OR recipient IS NOT NULL)
      ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)`);
    await runner.query('CREATE INDEX notifications_of_user ON notifications (user_id, notification_id)');
    await runner.query(`CREATE INDEX notifications_due ON notifications (channel, due_at) WHERE status = 'pending'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notifications');
  }
}
