import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows that Kafka will not store as they are stay in the outbox, put aside with what Kafka has said. */
export class AddOutboxRefusals1766000000000 implements MigrationInterface {
  readonly name = 'AddOutboxRefusals1766000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox ADD refused_at timestamptz, ADD refusal text');
    await runner.query('CREATE INDEX outbox_refused ON outbox (type, aggregateid) WHERE refused_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox DROP refused_at, DROP refusal');
  }
}
