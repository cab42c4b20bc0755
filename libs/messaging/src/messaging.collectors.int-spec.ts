import { Metrics } from '@app/platform';
import { anOrderId, eventually, infrastructureUrls, Scrape, TcpProxy } from '@app/testing';
import { orderCreated, paymentFailed, paymentSuccessful } from '../test/events';
import { MessagingBed, type Replica } from '../test/messaging-app';

const TOPIC = 'payment_successful';

let bed: MessagingBed;
beforeEach(async () => {
  bed = await MessagingBed.create();
});
afterEach(() => bed.destroy());

async function scrape({ app }: Replica): Promise<Scrape> {
  return new Scrape(await app.get(Metrics).text());
}

/** What a topic shows of the bed's own consumer group. */
const lagOf = (found: Scrape, name: string, topic: string) =>
  found.samples.filter(({ name: own, labels }) => own === name && labels['topic'] === topic).map(({ value }) => value);

describe('what a service has consumed', () => {
  it('is counted once it is committed: consumed, duplicates, retries and dead letters', async () => {
    const replica = await bed.start();
    const [good, bad] = [paymentSuccessful(anOrderId()), paymentSuccessful(anOrderId())];
    replica.script.behave = (events) => {
      if (events.some(({ id }) => id === bad.id)) throw new Error('cannot be handled');
    };
    const before = await scrape(replica);
    const more = async (name: string, labels: Record<string, string> = {}): Promise<number> =>
      ((await scrape(replica)).value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
    for (const event of [good, good, bad]) await bed.kafka.publish(event);
    await eventually(async () => expect((await bed.failedOf(bad.orderId))[0]?.status).toBe('dead_lettered'), {
      timeoutMs: 30_000,
    });
    const group = bed.service;
    await eventually(async () => {
      // Other suites write into the same topics, and some of them what is broken.
      expect(await more('inbox_duplicates_total', { group })).toBeGreaterThanOrEqual(1);
      // The bed retries after three delays; the immediate tries before are none.
      expect(await more('message_retries_total', { topic: TOPIC, group })).toBe(3);
      expect(await more('messages_dead_lettered_total', { topic: TOPIC, group, reason: 'handler_failed' })).toBe(1);
      expect(await more('messaging_consumed_total', { topic: TOPIC, group })).toBeGreaterThanOrEqual(3);
      expect((await scrape(replica)).value('failed_messages', { status: 'dead_lettered' })).toBe(1);
    });
    // The dead letter went out through the outbox.
    await eventually(async () => expect(await more('messaging_published_total')).toBeGreaterThanOrEqual(1));
  });
});

describe('what waits', () => {
  it('is shown in records and in seconds while a consumer stands still, and is 0 when it has caught up', async () => {
    const replica = await bed.start();
    const held = Promise.withResolvers<void>();
    const begun = performance.now();
    const orderId = anOrderId();
    replica.script.behave = (events) => (events.some((event) => event.orderId === orderId) ? held.promise : undefined);
    await bed.kafka.publish(paymentSuccessful(orderId));
    await eventually(() => expect(replica.script.attempts.size).toBeGreaterThan(0));
    await bed.kafka.publish(paymentFailed(anOrderId()));
    await eventually(
      async () => {
        const found = await scrape(replica);
        expect(Math.max(...lagOf(found, 'kafka_consumergroup_lag', TOPIC))).toBeGreaterThanOrEqual(1);
        expect(Math.max(...lagOf(found, 'kafka_consumergroup_lag', 'payment_failed'))).toBeGreaterThanOrEqual(1);
        const seconds = Math.max(...lagOf(found, 'kafka_consumergroup_lag_seconds', TOPIC));
        expect(seconds).toBeGreaterThan(3);
        expect(seconds).toBeLessThan((performance.now() - begun) / 1_000 + 2);
      },
      { timeoutMs: 30_000 },
    );
    held.resolve();
    await eventually(async () => {
      const found = await scrape(replica);
      for (const topic of [TOPIC, 'payment_failed', 'order_created']) {
        expect(new Set(lagOf(found, 'kafka_consumergroup_lag', topic))).toEqual(new Set([0]));
        expect(new Set(lagOf(found, 'kafka_consumergroup_lag_seconds', topic))).toEqual(new Set([0]));
      }
    });
  });

  it('is shown of the outbox and of retries that are due, as the tables have it', async () => {
    const replica = await bed.start();
    expect((await scrape(replica)).value('due_work', { kind: 'message_retries' })).toBe(0);
    await bed.rows(
      `INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", headers, status,
         blocks_order, attempts, next_attempt_at, claimed_by, claimed_until)
       SELECT gen_random_uuid(), $1, 'payment_successful', 0, n, 0, '{}', 'retrying', false, 4,
         now() - n * interval '10 seconds', gen_random_uuid(), now() + interval '1 hour' FROM generate_series(1, 3) AS n`,
      [bed.service],
    );
    const found = await scrape(replica);
    expect(found.value('due_work', { kind: 'message_retries' })).toBe(3);
    expect(found.value('due_work_oldest_seconds', { kind: 'message_retries' })).toBeGreaterThan(25);
    expect(found.value('due_work_oldest_seconds', { kind: 'message_retries' })).toBeLessThan(90);
    expect(found.value('failed_messages', { status: 'retrying' })).toBe(3);
  });

  it('has the same age on the page of health: both read it in one place', async () => {
    const replica = await bed.start();
    await bed.rows(
      `INSERT INTO outbox (id, aggregatetype, type, headers, created_at, refused_at)
       VALUES (gen_random_uuid(), 'order', 'no topic!', '{}', now() - interval '1 hour', now())`,
    );
    const found = await scrape(replica);
    const health = await replica.app.inject({ method: 'GET', url: '/health' });
    const { outbox } = health.json<{ dependencies: { outbox: { details: { oldest_unpublished_ms: number } } } }>()
      .dependencies;
    expect(found.value('outbox_unpublished')).toBeGreaterThanOrEqual(1);
    const seconds = found.value('outbox_oldest_unpublished_seconds') ?? 0;
    expect(seconds).toBeGreaterThan(3_590);
    expect(Math.abs(outbox.details.oldest_unpublished_ms / 1_000 - seconds)).toBeLessThan(30);
  });
});

describe('a scrape while PostgreSQL hangs', () => {
  it('is answered within seconds with everything else, and is complete again afterwards', async () => {
    const url = new URL(bed.database.url);
    const proxy = await TcpProxy.open({ host: url.hostname, port: Number(url.port) });
    try {
      const replica = await bed.start({ databaseUrl: proxy.through(bed.database.url) });
      await bed.kafka.publish(orderCreated(anOrderId()));
      await eventually(async () => expect((await scrape(replica)).value('outbox_unpublished')).toBe(0));
      proxy.freeze('answers');
      const begun = performance.now();
      const found = await scrape(replica);
      expect(performance.now() - begun).toBeLessThan(9_000);
      expect(found.value('outbox_unpublished')).toBeUndefined();
      expect(found.value('failed_messages')).toBeUndefined();
      expect(found.value('metrics_collect_failures_total', { collector: 'outbox_size' })).toBe(1);
      expect(found.value('db_client_connection_max')).toBe(5);
      expect(found.value('process_cpu_seconds_total')).toBeGreaterThan(0);
      // Health is looked at twice a second at most, and Kafka may need longer on a busy machine.
      await eventually(
        async () => {
          const later = await scrape(replica);
          expect(later.value('dependency_up', { dependency: 'postgresql' })).toBe(0);
          expect(later.value('kafka_consumergroup_lag')).toBeDefined();
          expect(later.value('outbox_unpublished')).toBeUndefined();
        },
        { timeoutMs: 30_000 },
      );
      proxy.heal();
      await eventually(async () => expect((await scrape(replica)).value('outbox_unpublished')).toBe(0), {
        timeoutMs: 30_000,
      });
    } finally {
      await bed.destroyReplicas();
      await proxy.close();
    }
  });
});

describe('a scrape while Kafka is away', () => {
  it('leaves the lag out and says so', async () => {
    const kafka = new URL(`tcp://${infrastructureUrls().kafka}`);
    const replica = await bed.launch({ brokers: [`${kafka.hostname}:1`] });
    const found = await scrape(replica);
    expect(found.value('kafka_consumergroup_lag')).toBeUndefined();
    expect(found.value('metrics_collect_failures_total', { collector: 'consumer_lag' })).toBe(1);
    expect(found.value('outbox_unpublished')).toBe(0);
  });
});
