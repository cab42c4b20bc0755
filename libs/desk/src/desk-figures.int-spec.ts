import { MessagingBed } from '../../messaging/test/messaging-app';
import { DeskClient } from '../test/desk-client';
import type { DeskJobListResponse, DeskJobResponse } from './desk-job.response';
import type { FailedMessageGroupsResponse } from './failed-message.response';

let bed: MessagingBed;
let desk: DeskClient;

beforeAll(async () => {
  bed = await MessagingBed.create();
  desk = new DeskClient(await bed.start());
});
afterAll(() => bed.destroy());

describe('a job that a replica of the version before has ended', () => {
  it('shows the figures of its items, although that replica has stored none', async () => {
    const id = '01900000-0000-7000-8000-000000000001';
    await bed.rows(
      `INSERT INTO failed_message_jobs (id, consumer_group, kind, status, actor, filter, created_at, finished_at)
       VALUES ($1, $2, 'retry', 'done', 'ada', '{}', now(), now())`,
      [id, bed.service],
    );
    await bed.rows(
      `INSERT INTO failed_message_job_items (job_id, failed_message_id, position, outcome, updated_at)
       SELECT $1, gen_random_uuid(), n, (ARRAY['resolved', 'resolved', 'failed_again', 'skipped'])[n], now()
       FROM generate_series(1, 4) AS n`,
      [id],
    );
    const figures = { job_id: id, status: 'done', total: 4, released: 3, resolved: 2, failed_again: 1, skipped: 1 };
    expect((await desk.get<DeskJobResponse>(`/jobs/${id}`)).body).toMatchObject(figures);
    expect((await desk.get<DeskJobListResponse>('/jobs')).body.jobs).toMatchObject([figures]);
  });
});

describe('groups', () => {
  async function fail(count: number): Promise<void> {
    await bed.rows(
      `INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
         event_id, order_id, status, blocks_order, reason, error_class, error_message, attempts, created_at)
       SELECT gen_random_uuid(), $2, 'payment_successful', 0, n + (SELECT count(*) FROM failed_messages), 0, 'k', 'v', '{}',
         gen_random_uuid(), gen_random_uuid(), 'dead_lettered', false, 'handler_failed', 'Error' || (SELECT count(*) FROM failed_messages) + n,
         'a defect', 1, now()
       FROM generate_series(1, $1::int) AS n`,
      [count, bed.service],
    );
  }

  it('are complete up to two hundred of them, and say so when there are more', async () => {
    await fail(200);
    const { body: all } = await desk.get<FailedMessageGroupsResponse>('/groups');
    expect([all.groups.length, all.complete]).toEqual([200, true]);
    await fail(1);
    const { body: most } = await desk.get<FailedMessageGroupsResponse>('/groups');
    expect([most.groups.length, most.complete]).toEqual([200, false]);
  });
});
