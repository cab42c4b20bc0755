import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = ['retrying', 'waiting', 'dead_lettered', 'resolved', 'discarded'];

/** What the desk for failed messages needs: attempts, actions and jobs, each with a table of its own. */
export class AddFailedMessageDesk1764000000000 implements MigrationInterface {
  readonly name = 'AddFailedMessageDesk1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE failed_messages
        ADD desk_retries integer NOT NULL DEFAULT 0,
        ADD from_desk boolean NOT NULL DEFAULT false,
        ADD job_id uuid,
        ADD claimed_by uuid,
        ADD claimed_until timestamptz,
        DROP CONSTRAINT failed_messages_status_check`);
    await this.allowStatuses(runner, [...STATUSES, 'quarantined']);
    await runner.query(
      `CREATE INDEX failed_messages_unfinished ON failed_messages (position)
       WHERE status NOT IN ('resolved', 'discarded')`,
    );
    await runner.query(
      `CREATE INDEX failed_messages_finished ON failed_messages (resolved_at)
       WHERE status IN ('resolved', 'discarded')`,
    );
    await runner.query('CREATE INDEX failed_messages_order ON failed_messages (order_id)');
    await this.createAttempts(runner);
    await this.createJobs(runner);
    await this.createActions(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['actions', 'job_items', 'jobs', 'attempts'])
      await runner.query(`DROP TABLE failed_message_${table}`);
    for (const index of ['unfinished', 'finished', 'order']) await runner.query(`DROP INDEX failed_messages_${index}`);
    await runner.query(`UPDATE failed_messages SET status = 'dead_lettered' WHERE status = 'quarantined'`);
    await runner.query(`
      ALTER TABLE failed_messages
        DROP CONSTRAINT failed_messages_status_check,
        DROP desk_retries, DROP from_desk, DROP job_id, DROP claimed_by, DROP claimed_until`);
    await this.allowStatuses(runner, STATUSES);
  }

  private async allowStatuses(runner: QueryRunner, statuses: readonly string[]): Promise<void> {
    const list = statuses.map((status) => `'${status}'`).join(', ');
    await runner.query(
      `ALTER TABLE failed_messages ADD CONSTRAINT failed_messages_status_check CHECK (status IN (${list}))`,
    );
  }

  private async createAttempts(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE failed_message_attempts (
        failed_message_id uuid NOT NULL REFERENCES failed_messages ON DELETE CASCADE,
        number integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('handling', 'retry', 'desk')),
        at timestamptz NOT NULL,
        error_class text NOT NULL,
        error_message text NOT NULL,
        PRIMARY KEY (failed_message_id, number)
      )`);
  }

  /** Items have no foreign key to their message: a job's figures stay true when messages are pruned. */
  private async createJobs(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE failed_message_jobs (
        id uuid PRIMARY KEY,
        consumer_group text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('retry', 'discard')),
        status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done')),
        actor text NOT NULL,
        reason text,
        filter json NOT NULL,
        max integer,
        created_at timestamptz NOT NULL,
        finished_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE failed_message_job_items (
        job_id uuid NOT NULL REFERENCES failed_message_jobs ON DELETE CASCADE,
        failed_message_id uuid NOT NULL,
        position bigint NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('pending', 'released', 'resolved', 'failed_again', 'skipped')),
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (job_id, failed_message_id)
      )`);
    await runner.query(
      `CREATE INDEX failed_message_job_items_open ON failed_message_job_items (job_id, position)
       WHERE outcome IN ('pending', 'released')`,
    );
    await runner.query(
      `CREATE INDEX failed_message_jobs_running ON failed_message_jobs (created_at) WHERE status = 'running'`,
    );
  }

  /** Append-only, and longer-lived than the messages: who did what, when and why, cannot be edited away. */
  private async createActions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE failed_message_actions (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        failed_message_id uuid NOT NULL,
        event_id uuid,
        action text NOT NULL CHECK (action IN ('retry', 'discard')),
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL,
        job_id uuid
      )`);
    await runner.query('CREATE INDEX failed_message_actions_message ON failed_message_actions (failed_message_id)');
    await runner.query('REVOKE UPDATE, DELETE, TRUNCATE ON failed_message_actions FROM CURRENT_USER');
  }
}
