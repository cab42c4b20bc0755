import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Gives each caller their own Idempotency-Keys. Those there are, and those of replicas of the version before, belong to whom everybody
 * is without authentication.
 */
export class OwnIdempotencyKeys1768000000000 implements MigrationInterface {
  readonly name = 'OwnIdempotencyKeys1768000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE idempotency_keys ADD subject text NOT NULL DEFAULT 'developer',
        DROP CONSTRAINT idempotency_keys_pkey, ADD PRIMARY KEY (subject, key)`);
  }

  /** The keys of callers who are known are lost: they may name the same key. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM idempotency_keys WHERE subject <> 'developer'");
    await runner.query(
      'ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey, ADD PRIMARY KEY (key), DROP subject',
    );
  }
}
