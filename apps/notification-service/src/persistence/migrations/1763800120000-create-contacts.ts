import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How customers want to be reached; the only place in the system that knows. */
export class CreateContacts1763800120000 implements MigrationInterface {
  readonly name = 'CreateContacts1763800120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE contacts (
        user_id text PRIMARY KEY,
        email text,
        phone text,
        channels text[] NOT NULL CHECK (channels <@ ARRAY['email', 'sms'] AND cardinality(channels) BETWEEN 1 AND 2),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CHECK (email IS NOT NULL OR NOT 'email' = ANY (channels)),
        CHECK (phone IS NOT NULL OR NOT 'sms' = ANY (channels))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE contacts');
  }
}
