import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of the messaging core; every service has its own set in its own schema. */
export class CreateMessagingTables1763800000000 implements MigrationInterface {
  readonly name = 'CreateMessagingTables1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL,
        aggregatetype text NOT NULL,
        aggregateid text,
        type text NOT NULL,
        payload text,
        headers text NOT NULL,
        sequence bigint,
        encoding text NOT NULL DEFAULT 'text' CHECK (encoding IN ('text', 'base64')),
        created_at timestamptz NOT NULL DEFAULT now()
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`);
    await runner.query(`
      CREATE TABLE event_sequences (
        order_id uuid PRIMARY KEY,
        last_sequence bigint NOT NULL
      ) WITH (fillfactor = 80)`);
    await runner.query(`
      CREATE TABLE inbox (
        consumer_group text NOT NULL,
        event_id uuid NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, event_id)
      )`);
    await runner.query('CREATE INDEX inbox_received_at ON inbox USING brin (received_at)');
    await this.createFailedMessages(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['failed_messages', 'inbox', 'event_sequences', 'outbox']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }

  /**
   * `headers` is not jsonb, which cannot hold every name a header may have. The time is part of what identifies a record:
   * a topic that was made anew begins at offset 0 again.
   */
  private async createFailedMessages(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE failed_messages (
        position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        id uuid PRIMARY KEY,
        consumer_group text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        "timestamp" bigint NOT NULL,
        key bytea,
        value bytea,
        headers json NOT NULL,
        event_id uuid,
        order_id uuid,
        status text NOT NULL CHECK (status IN ('retrying', 'waiting', 'dead_lettered', 'resolved', 'discarded')),
        blocks_order boolean NOT NULL,
        reason text CHECK (reason IN ('undecodable', 'unknown_type', 'invalid', 'handler_failed')),
        error_class text,
        error_message text,
        error_stack text,
        attempts integer NOT NULL,
        first_failure_at timestamptz,
        last_failure_at timestamptz,
        next_attempt_at timestamptz,
        resolved_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (consumer_group, topic, partition, "offset", "timestamp")
      )`);
    await runner.query(
      'CREATE INDEX failed_messages_blocking ON failed_messages (order_id, position) WHERE blocks_order',
    );
    await runner.query(
      `CREATE INDEX failed_messages_due ON failed_messages (next_attempt_at) WHERE status IN ('retrying', 'waiting')`,
    );
  }
}
