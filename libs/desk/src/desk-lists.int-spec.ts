import { encodeCursor } from '@app/platform';
import { anOrderId, objectionsTo, plansOf } from '@app/testing';
import { DeskClient } from '../test/desk-client';
import { MessagingBed, type Replica } from '../../messaging/test/messaging-app';
import type { DeskJobListResponse } from './desk-job.response';
import type {
  FailedMessageCountsResponse,
  FailedMessageGroupsResponse,
  FailedMessageListResponse,
} from './failed-message.response';

let bed: MessagingBed;
let replica: Replica;
let desk: DeskClient;
/** Has a hundred thousand messages of its own at the end. */
const busyOrder = anOrderId();

beforeAll(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
  desk = new DeskClient(replica);
});
afterAll(() => bed.destroy());

/**
 * Messages number `from` to `to`: half of them resolved, the rest dead letters, those of long ago in part discarded; one in ten thousand of them for another reason than the
 * others. One in ten is of the same order, and blocks it.
 */
async function fill(from: number, to: number): Promise<void> {
  await bed.rows(
    `INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
       event_id, order_id, status, blocks_order, reason, error_class, error_message, attempts, first_failure_at,
       last_failure_at, resolved_at, created_at)
     SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $3, 'payment_successful', 0, n, 0, 'k', 'v', '{}',
       gen_random_uuid(), CASE n % 10 WHEN 1 THEN $4::uuid ELSE gen_random_uuid() END, status, n % 10 = 1 AND status = 'dead_lettered',
       CASE n % 10000 WHEN 1 THEN 'invalid' ELSE 'handler_failed' END, 'TypeError', 'order ' || n || ' has a defect', 1, at, at,
       CASE WHEN status <> 'dead_lettered' THEN at END, at
     FROM generate_series($1::int, $2::int) AS n,
       LATERAL (SELECT CASE WHEN n <= $2 / 2 AND n % 3 = 0 THEN 'discarded' WHEN n % 2 = 0 THEN 'resolved' ELSE 'dead_lettered' END AS status,
         '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second' AS at) AS s`,
    [from, to, bed.service, busyOrder],
  );
  await bed.rows('VACUUM (ANALYZE) failed_messages');
}

/** Jobs that are done. */
async function addJobs(count: number, items: number): Promise<void> {
  await bed.rows(
    `WITH jobs AS (
       INSERT INTO failed_message_jobs (id, consumer_group, kind, status, actor, filter, created_at, finished_at,
         total, released, resolved, failed_again, skipped)
       SELECT gen_random_uuid(), $2, 'retry', 'done', 'ada', '{}', now(), now(), $3, $3, $3, 0, 0
       FROM generate_series(1, $1::int) RETURNING id)
     INSERT INTO failed_message_job_items (job_id, failed_message_id, position, outcome, updated_at)
     SELECT id, gen_random_uuid(), n, 'resolved', now() FROM jobs, generate_series(1, $3::int) AS n`,
    [count, bed.service, items],
  );
  await bed.rows('VACUUM (ANALYZE) failed_message_jobs, failed_message_job_items');
}

/** The position and the row of each message, and one more than is shown. */
const EXACT = { rows: 3 * 21, blocks: 300 };
/** What no index has is looked for among ten thousand messages at most; and where that ended, once more. */
const LOOKED_THROUGH = { rows: 20_000 + EXACT.rows, blocks: 20_000 };
/** What waits behind each of 21 messages is counted up to a hundred. */
const BLOCKED = { rows: EXACT.rows + 21 * 100, blocks: 3_000 };
const GROUPED = { rows: 20_001, blocks: 3_000 };
const SINCE_LATE = 'since=2026-01-12T12:00:00Z';

describe.each([
  { count: 10_000, from: 0, jobs: { count: 10, items: 1_000 } },
  { count: 1_000_000, from: 10_000, jobs: { count: 2_000, items: 250 } },
])('among $count failed messages', ({ count, from, jobs }) => {
  beforeAll(async () => {
    await fill(from + 1, count);
    await addJobs(jobs.count, jobs.items);
  }, 180_000);

  const middle = encodeCursor([count / 2]);
  it.each([
    ['', BLOCKED],
    [`?cursor=${middle}`, BLOCKED],
    ['?limit=100', { rows: 3 * 101 + 10 * 101, blocks: 5_000 }],
    ['?status=dead_lettered', BLOCKED],
    ['?status=resolved', EXACT],
    [`?status=resolved&cursor=${middle}`, EXACT],
    ['?status=quarantined', EXACT],
    ['?status=discarded', EXACT],
    [`?status=discarded&cursor=${encodeCursor([count / 4])}`, EXACT],
    ['?topic=payment_successful', BLOCKED],
    ['?topic=payment_failed', LOOKED_THROUGH],
    ['?reason=invalid', { ...LOOKED_THROUGH, rows: LOOKED_THROUGH.rows + 200 }],
    ['?error=Missing', LOOKED_THROUGH],
    [`?${SINCE_LATE}`, LOOKED_THROUGH],
    [`?order_id=${anOrderId()}`, EXACT],
    [`?order_id=${busyOrder}`, { rows: EXACT.rows + 21 * 100, blocks: 5_000 }],
    [`?order_id=${busyOrder}&status=resolved`, LOOKED_THROUGH],
    [`?order_id=${busyOrder}&topic=payment_failed`, LOOKED_THROUGH],
    ['?status=resolved&error=Missing&reason=invalid&topic=payment_failed', LOOKED_THROUGH],
    ['/groups', GROUPED],
    ['/groups?status=resolved', GROUPED],
    ['/groups?error=Missing', GROUPED],
    [`/groups?order_id=${busyOrder}`, { ...GROUPED, blocks: 25_000 }],
    ['/summary', { rows: 10_001, blocks: 3_000 }],
    ['/jobs', { rows: 40, blocks: 300 }],
    ['/jobs?limit=100', { rows: 200, blocks: 1_000 }],
  ])('GET /failed-messages%s looks at no more than a page needs', async (query, bounds) => {
    const plans = await plansOf(bed.database.adminUrl, async () => expect((await desk.get(query)).status).toBe(200));
    expect(objectionsTo(plans, bounds)).toEqual([]);
  });

  it('every message that matches is given once, although a page may end before it is full', async () => {
    const found: number[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < 150; page += 1) {
      const { body }: { body: FailedMessageListResponse } = await desk.get(
        `?reason=invalid&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      found.push(...body.failed_messages.map(({ offset }) => offset));
      cursor = body.next_cursor;
    }
    expect(cursor).toBeNull();
    const invalid = Array.from({ length: count / 10_000 }, (_, n) => n * 10_000 + 1);
    expect(found).toEqual(invalid.filter((n) => n % 3 !== 0 || n > 500_000).toReversed());
  });

  it('counts end at their bounds', async () => {
    const [row] = await bed.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM failed_messages WHERE status = 'dead_lettered'`,
    );
    const dead = Math.min(row?.n ?? 0, 10_000);
    const { body: summary } = await desk.get<FailedMessageCountsResponse>('/summary');
    expect(summary).toMatchObject({ dead_lettered: dead, waiting: 0, oldest_at: '2026-01-01T00:00:01.000Z' });
    const { body: all } = await desk.get<FailedMessageGroupsResponse>('/groups');
    expect(all.complete).toBe(count <= 10_000);
    expect(all.groups[0]).toMatchObject({ reason: 'handler_failed', error_message: 'order <n> has a defect' });
    expect(all.groups.reduce((sum, group) => sum + group.count, 0)).toBe(dead);
    const { body: page } = await desk.get<FailedMessageListResponse>(`?order_id=${busyOrder}&cursor=${middle}&limit=1`);
    expect(page.failed_messages[0]).toMatchObject({ waiting_behind: 100 });
    const { body: list } = await desk.get<DeskJobListResponse>('/jobs?limit=1');
    expect(list.jobs[0]).toMatchObject({ total: jobs.items, resolved: jobs.items });
  });
});
