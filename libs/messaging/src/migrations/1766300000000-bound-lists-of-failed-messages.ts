import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists of failed messages, and of jobs, cost the same however many there are: each has an index in its order, and a job that is
 * done keeps its figures.
 */
export class BoundListsOfFailedMessages1766300000000 implements MigrationInterface {
  readonly name = 'BoundListsOfFailedMessages1766300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX failed_messages_of_status ON failed_messages (consumer_group, status, position)');
    await runner.query('CREATE INDEX failed_messages_of_order ON failed_messages (order_id, position)');
    await runner.query(
      'CREATE INDEX failed_message_jobs_in_order ON failed_message_jobs (consumer_group, created_at, id)',
    );
    await runner.query(`
      ALTER TABLE failed_message_jobs
        ADD total integer, ADD released integer, ADD resolved integer, ADD failed_again integer, ADD skipped integer`);
    await runner.query(`
      UPDATE failed_message_jobs j
      SET total = i.total, released = i.released, resolved = i.resolved, failed_again = i.failed_again, skipped = i.skipped
      FROM failed_message_jobs done, LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE outcome IN ('resolved', 'failed_again')) AS released,
          count(*) FILTER (WHERE outcome = 'resolved') AS resolved,
          count(*) FILTER (WHERE outcome = 'failed_again') AS failed_again,
          count(*) FILTER (WHERE outcome = 'skipped') AS skipped
        FROM failed_message_job_items WHERE job_id = done.id) AS i
      WHERE done.status = 'done' AND j.id = done.id`);
    // Last: nobody can read the table from here to the commit, and every batch of records does.
    await runner.query('DROP INDEX failed_messages_order');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE failed_message_jobs
        DROP total, DROP released, DROP resolved, DROP failed_again, DROP skipped`);
    for (const index of ['failed_messages_of_status', 'failed_messages_of_order', 'failed_message_jobs_in_order'])
      await runner.query(`DROP INDEX ${index}`);
    await runner.query('CREATE INDEX failed_messages_order ON failed_messages (order_id)');
  }
}
