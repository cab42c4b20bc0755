import type { EventEnvelope } from '@app/events';
import { anOrderId, eventually, lockOutside } from '@app/testing';
import { DeskClient } from '../test/desk-client';
import { paymentSuccessful } from '../../messaging/test/events';
import { KillableReplica } from '../../messaging/test/killable-replica';
import { MessagingBed, type Replica } from '../../messaging/test/messaging-app';
import type { DeskJobListResponse, DeskJobResponse } from './desk-job.response';

let bed: MessagingBed;
let replica: Replica;
let desk: DeskClient;
let bad: Set<string>;
let gate: PromiseWithResolvers<void>;

beforeEach(async () => {
  bed = await MessagingBed.create();
  replica = await bed.start();
  desk = new DeskClient(replica);
  bad = new Set();
  gate = Promise.withResolvers();
  replica.script.behave = (events) => {
    if (events.some(({ id }) => bad.has(id))) throw new TypeError('a defect');
  };
});

/** A replica in a process of its own, which no failed test may leave behind. */
let victim: KillableReplica | undefined;
afterEach(async () => {
  await victim?.kill();
  gate.resolve();
  await bed.destroy();
});

const ids = (events: readonly EventEnvelope[]) => events.map(({ id }) => id);

/** Dead letters of as many orders. */
async function deadLetters(count: number): Promise<readonly EventEnvelope[]> {
  const events = Array.from({ length: count }, () => paymentSuccessful(anOrderId()));
  bad = new Set([...bad, ...ids(events)]);
  for (let n = 0; n < count; n += 100) await bed.kafka.publish(...events.slice(n, n + 100));
  await eventually(
    async () => {
      const rows = await bed.rows<{ event_id: string }>(
        `SELECT event_id FROM failed_messages WHERE status = 'dead_lettered'`,
      );
      expect(rows.map(({ event_id }) => event_id)).toEqual(expect.arrayContaining(ids(events)));
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  return events;
}

async function start(path: string, body: object): Promise<string> {
  const { status, body: job } = await desk.post<DeskJobResponse>(path, { actor: 'ada', ...body });
  expect({ status, job }).toMatchObject({ status: 202, job: { status: 'running', actor: 'ada' } });
  return job.job_id;
}

async function finished(jobId: string, timeoutMs = 30_000): Promise<DeskJobResponse> {
  return eventually(
    async () => {
      const { body } = await desk.get<DeskJobResponse>(`/jobs/${jobId}`);
      expect(body.status).toBe('done');
      return body;
    },
    { timeoutMs, intervalMs: 100 },
  );
}

async function statusOf(event: EventEnvelope): Promise<{ status: string; attempts: number; desk_retries: number }> {
  const [row] = await bed.rows<{ status: string; attempts: number; desk_retries: number }>(
    'SELECT status, attempts, desk_retries FROM failed_messages WHERE event_id = $1',
    [event.id],
  );
  return row!;
}

describe('a retry of many', () => {
  it('says beforehand what it would do, takes no more than it may, and leaves quarantined messages alone', async () => {
    const events = await deadLetters(6);
    const [quarantined] = events;
    await bed.rows(`UPDATE failed_messages SET status = 'quarantined' WHERE event_id = $1`, [quarantined!.id]);
    const filter = { topic: 'payment_successful', error: 'TypeError', since: '2020-01-01T00:00:00Z' };
    const dry = await desk.post('/retry', { actor: 'ada', filter, dry_run: true, max: 3 });
    expect(dry).toMatchObject({
      status: 200,
      body: { dry_run: true, matching: 6, would_retry: 3, skipped_quarantined: 1, sample: [{}, {}, {}] },
    });
    bad.clear();
    const job = await finished(await start('/retry', { filter, max: 3 }));
    expect(job).toMatchObject({
      ...{ kind: 'retry', filter, max: 3, total: 4, released: 3, resolved: 3, failed_again: 0, skipped: 1 },
      finished_at: expect.stringMatching(/Z$/),
    });
    expect((await statusOf(quarantined!)).status).toBe('quarantined');
    const statuses = (await Promise.all(events.slice(1).map(statusOf))).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['dead_lettered', 'dead_lettered', 'resolved', 'resolved', 'resolved']);
    const { body } = await desk.get<DeskJobListResponse>('/jobs?limit=1');
    expect(body.jobs).toEqual([job]);
  });

  it('tries each message once, also when it fails again', async () => {
    const events = await deadLetters(3);
    const job = await finished(await start('/retry', { all: true }));
    expect(job).toMatchObject({ total: 3, released: 3, resolved: 0, failed_again: 3, skipped: 0 });
    for (const event of events) {
      expect(await statusOf(event)).toEqual({ status: 'dead_lettered', attempts: 2, desk_retries: 1 });
    }
  });
});

describe('a message that somebody has locked', () => {
  it('is left to the end of its job; its other messages and other jobs do not wait', async () => {
    const [locked, other, third] = await deadLetters(3);
    const statement = 'SELECT 1 FROM failed_messages WHERE event_id = $1 FOR UPDATE';
    const unlock = await lockOutside(bed.database.adminUrl, 'order_service', statement, [locked!.id]);
    try {
      bad.clear();
      const first = await start('/retry', { filter: { order_id: locked!.orderId } });
      const second = await start('/retry', { all: true });
      await eventually(async () => expect((await statusOf(other!)).status).toBe('resolved'), { timeoutMs: 5_000 });
      await eventually(async () => expect((await statusOf(third!)).status).toBe('resolved'), { timeoutMs: 5_000 });
      expect((await desk.get<DeskJobResponse>(`/jobs/${first}`)).body).toMatchObject({
        status: 'running',
        released: 0,
      });
      await unlock();
      await finished(first);
      expect(await finished(second)).toMatchObject({ total: 3, failed_again: 0 });
      expect(await statusOf(locked!)).toMatchObject({ status: 'resolved' });
    } finally {
      await unlock();
    }
  });
});

describe('a discard of many', () => {
  it('discards dead letters only, each with the reason, and what waits behind them goes on', async () => {
    const [dead] = await deadLetters(1);
    const behind = paymentSuccessful(dead!.orderId);
    await bed.kafka.publish(behind);
    await eventually(async () => expect(await statusOf(behind)).toMatchObject({ status: 'waiting' }));
    const body = { filter: { order_id: dead!.orderId }, reason: 'a test order' };
    const dry = await desk.post('/discard', { actor: 'ada', ...body, dry_run: true });
    expect(dry).toMatchObject({
      status: 200,
      body: { matching: 2, would_discard: 1, sample: [{ event_id: dead!.id }] },
    });
    expect(await finished(await start('/discard', body))).toMatchObject({
      ...{ kind: 'discard', reason: 'a test order', total: 1, released: 1, resolved: 1, skipped: 0 },
    });
    expect(await statusOf(dead!)).toMatchObject({ status: 'discarded' });
    await eventually(async () => expect(await bed.effectsOf(dead!.orderId)).toEqual([behind.id]));
    expect(await bed.rows('SELECT actor, reason, event_id FROM failed_message_actions')).toEqual([
      { actor: 'ada', reason: 'a test order', event_id: dead!.id },
    ]);
  });
});

describe('three hundred dead letters', () => {
  it('are retried by a job that goes on when its process is killed half-way: each has its effect once', async () => {
    const events = await deadLetters(300);
    const stillBad = events.filter((_, n) => n % 30 === 7);
    bad = new Set(ids(stillBad));
    victim = await KillableReplica.start({ options: bed.options(), bad: [...bad], delayMs: 50 });
    // Until the kill the others wait, so that it is the victim that is in the middle of it.
    gate = Promise.withResolvers<void>();
    const { behave } = replica.script;
    replica.script.behave = async (...batch) => {
      await gate.promise;
      return behave(...batch);
    };
    const jobId = await start('/retry', { filter: { reason: 'handler_failed' } });
    await eventually(
      async () => {
        const { body } = await desk.get<DeskJobResponse>(`/jobs/${jobId}`);
        expect(body.resolved).toBeGreaterThan(60);
      },
      { timeoutMs: 60_000, intervalMs: 20 },
    );
    await victim.kill();
    const { body: halfway } = await desk.get<DeskJobResponse>(`/jobs/${jobId}`);
    expect(halfway).toMatchObject({ status: 'running', total: 300 });
    expect(halfway.resolved).toBeLessThan(290);
    gate.resolve();
    expect(await finished(jobId, 60_000)).toMatchObject({
      ...{ total: 300, released: 300, resolved: 290, failed_again: 10, skipped: 0 },
    });
    const effects = await bed.rows<{ id: string }>('SELECT event_id AS id FROM effects');
    expect(effects.map(({ id }) => id).toSorted()).toEqual(
      ids(events)
        .filter((id) => !bad.has(id))
        .toSorted(),
    );
    for (const event of stillBad) {
      expect(await statusOf(event)).toEqual({ status: 'dead_lettered', attempts: 2, desk_retries: 1 });
    }
  }, 180_000);
});

describe('a thousand dead letters', () => {
  it('are handled in well under a minute when they are retried', async () => {
    const events = await deadLetters(1_000);
    bad.clear();
    const started = performance.now();
    const job = await finished(await start('/retry', { all: true }), 60_000);
    expect(job).toMatchObject({ total: 1_000, resolved: 1_000 });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await bed.rows('SELECT 1 FROM effects')).toHaveLength(events.length);
  }, 180_000);
});
