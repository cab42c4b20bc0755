import { eventually, type MetricFamily, Scrape } from '@app/testing';
import { statusOf } from '../../tools/ops/status/status';
import { serviceNames, type ServiceName } from '../../tools/stack/index';
import { documentedMetrics } from '../system/documented-metrics';
import { System } from '../system/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

function scrape(service: ServiceName): Promise<Scrape> {
  return Scrape.of(system.stack.services[service] ?? '');
}

type Counted = readonly [service: ServiceName, name: string, labels: Readonly<Record<string, string>>];

const TRANSITIONS = 'order_transitions_total';
const PLACED: Counted = ['order-service', TRANSITIONS, { from: 'none', to: 'pending' }];
const CONFIRMED: Counted = ['order-service', 'order_end_to_end_seconds_count', { outcome: 'confirmed' }];
const CANCELLED: Counted = ['order-service', 'order_end_to_end_seconds_count', { outcome: 'cancelled' }];
const outcome = (name: ServiceName, metric: string, of: string): Counted => [name, metric, { outcome: of }];
const AUTHORIZED = outcome('payment-service', 'payment_outcomes_total', 'authorized');
const DECLINED = outcome('payment-service', 'payment_outcomes_total', 'declined');
const CAPTURED = outcome('payment-service', 'payment_outcomes_total', 'captured');
const VOIDED = outcome('payment-service', 'payment_outcomes_total', 'voided');
const TAKEN = outcome('inventory-service', 'stock_decisions_total', 'taken');
const SHORT = outcome('inventory-service', 'stock_decisions_total', 'short');
const MAILED: Counted = ['notification-service', 'notifications_total', { channel: 'email', outcome: 'sent' }];
const ALL = { PLACED, CONFIRMED, CANCELLED, AUTHORIZED, DECLINED, CAPTURED, VOIDED, TAKEN, SHORT, MAILED };
type Figure = keyof typeof ALL;

async function figures(): Promise<Record<Figure, number>> {
  const scrapes = new Map(await Promise.all(serviceNames.map(async (name) => [name, await scrape(name)] as const)));
  const entries = Object.entries(ALL).map(([figure, [service, name, labels]]) => [
    figure,
    scrapes.get(service)?.value(name, labels) ?? 0,
  ]);
  return Object.fromEntries(entries) as Record<Figure, number>;
}

/** What an order moves, and nothing else moves, by one unless told. */
async function expectMoved(work: () => Promise<void>, moved: Partial<Record<Figure, number>>): Promise<void> {
  const before = await figures();
  await work();
  const expected = Object.fromEntries(
    Object.entries(before).map(([figure, count]) => [figure, count + (moved[figure as Figure] ?? 0)]),
  );
  await eventually(async () => expect(await figures()).toEqual(expected));
}

describe('an order', () => {
  it('that is confirmed moves each counter once', async () => {
    await expectMoved(
      async () => {
        const { order_id } = await system.place();
        expect(await system.settled(order_id)).toMatchObject({ status: 'confirmed' });
      },
      { PLACED: 1, AUTHORIZED: 1, TAKEN: 1, CONFIRMED: 1, CAPTURED: 1, MAILED: 3 },
    );
  });

  it('whose card is declined is a decline and a cancellation', async () => {
    await expectMoved(
      async () => {
        const { order_id } = await system.place({ payment_method: 'test_declined' });
        expect(await system.settled(order_id)).toMatchObject({ status: 'cancelled' });
      },
      { PLACED: 1, DECLINED: 1, CANCELLED: 1, MAILED: 3 },
    );
  });

  it('that is short is a shortage, a cancellation and money that is released', async () => {
    const product = await system.newProduct(1);
    await expectMoved(
      async () => {
        const { order_id } = await system.place({ items: [{ ...product, quantity: 2 }] });
        expect(await system.settled(order_id)).toMatchObject({ status: 'cancelled' });
      },
      { PLACED: 1, AUTHORIZED: 1, SHORT: 1, CANCELLED: 1, VOIDED: 1, MAILED: 4 },
    );
  });

  it('that is replayed by its idempotency key is counted once', async () => {
    const headers = { 'idempotency-key': 'metrics-1' };
    await expectMoved(
      async () => {
        const { order_id } = await system.place({}, headers);
        await system.place({}, headers);
        await system.settled(order_id);
      },
      { PLACED: 1, AUTHORIZED: 1, TAKEN: 1, CONFIRMED: 1, CAPTURED: 1, MAILED: 3 },
    );
  });
});

describe('what every service shows', () => {
  it('is each metric that the document describes, and nothing else', async () => {
    const documented = documentedMetrics();
    const exposed = new Map<string, MetricFamily & { labels: Set<string> }>();
    for (const name of serviceNames) {
      const found = await scrape(name);
      for (const family of found.families) {
        if (/^(nodejs|process)_/.test(family.name)) continue;
        const known = exposed.get(family.name) ?? { ...family, labels: new Set<string>() };
        found.labelsOf(family.name).forEach((label) => known.labels.add(label));
        exposed.set(family.name, known);
      }
    }
    const shown = [...exposed.values()].map(({ name, type, labels }) => ({
      name,
      type,
      labels: [...labels].toSorted(),
    }));
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
    // What has not happened has no sample, and so no labels that could be compared.
    const comparable = documented.map((metric) => ({
      ...metric,
      labels: exposed.get(metric.name)?.labels.size === 0 ? [] : metric.labels,
    }));
    expect(shown.toSorted(byName)).toEqual(comparable.toSorted(byName));
  });

  it('has no id, order number or other unbounded value in a label', async () => {
    for (const name of serviceNames) {
      const { samples } = await scrape(name);
      expect(samples.length).toBeGreaterThan(50);
      expect(samples.length).toBeLessThan(2_500);
      const shown = samples
        .filter(({ name: metric }) => metric !== 'nodejs_version_info' && metric !== 'service_info')
        .flatMap(({ name: metric, labels: { le: _, ...labels } }) =>
          Object.entries(labels).map(([label, value]) => `${metric}{${label}="${value}"}`),
        );
      expect(shown.filter((sample) => UNBOUNDED.test(sample))).toEqual([]);
    }
  });

  it('agrees with its health', async () => {
    // On a busy machine Redis may be away for a second, between the two looks.
    await eventually(async () => {
      const { body } = await system.orders.get<{ dependencies: Record<string, { status: string }> }>('/health');
      const found = await scrape('order-service');
      const shown = Object.entries(body.dependencies).map(([dependency, { status }]) => [
        dependency,
        status === 'down' ? 0 : 1,
      ]);
      expect(shown.length).toBeGreaterThan(3);
      expect(shown).toEqual(
        shown.map(([dependency]) => [dependency, found.value('dependency_up', { dependency: String(dependency) })]),
      );
      expect(found.value('circuit_breaker_state', { name: 'redis' })).toBe(0);
      expect(found.value('service_info', { service: 'order-service' })).toBe(1);
    });
  });

  it('counts requests by route, and neither scrapes nor the ids in their paths', async () => {
    const { order_id } = await system.place();
    await system.orders.get(`/orders/${order_id}`);
    await system.orders.get(`/nowhere/${order_id}`);
    await eventually(async () => {
      const found = await scrape('order-service');
      const requests = (http_route: string, status: string): number | undefined =>
        found.value('http_server_request_duration_seconds_count', { http_route, http_response_status_code: status });
      expect(requests('/orders/:order_id', '200')).toBeGreaterThan(0);
      expect(requests('(none)', '404')).toBe(1);
      expect(requests('/metrics', '200')).toBeUndefined();
    });
  });
});

describe('what waits', () => {
  it('is the same in ./ops status, at /health and at /metrics', async () => {
    // Given up, and for a topic that cannot be: both stay until somebody acts.
    await system.sql(
      `INSERT INTO payment_service.failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", headers,
         status, blocks_order, attempts)
       SELECT gen_random_uuid(), 'payment-service', 'order_created', 0, -n, 0, '{}', status, false, 4
       FROM unnest(ARRAY['dead_lettered', 'dead_lettered', 'quarantined']) WITH ORDINALITY AS s (status, n)`,
    );
    await system.sql(
      `INSERT INTO payment_service.outbox (id, aggregatetype, aggregateid, type, headers, created_at, refused_at)
       VALUES (gen_random_uuid(), 'order', 'x', 'no topic!', '{}', now() - interval '1 hour', now())`,
    );
    const { stack } = system;
    const addresses = {
      databaseUrl: stack.databaseUrl('admin'),
      kafka: [stack.kafka],
      services: stack.services as Record<ServiceName, string>,
    };
    await eventually(async () => {
      const status = await statusOf(addresses, () => undefined);
      const backlog = status.backlog?.find(({ service }) => service === 'payment-service');
      const found = await scrape('payment-service');
      const failed = (state: string): number | undefined => found.value('failed_messages', { status: state });
      const { body } = await system.payments.get<Health>('/health');
      const { outbox, failed_messages } = body.dependencies;
      expect(backlog).toMatchObject({ outbox: 1, deadLettered: 2, quarantined: 1 });
      expect([found.value('outbox_unpublished'), failed('dead_lettered'), failed('quarantined')]).toEqual([1, 2, 1]);
      expect(failed_messages.details).toMatchObject({ dead_lettered: 2, quarantined: 1 });
      const ages = [backlog?.outboxAgeMs ?? 0, outbox.details.oldest_unpublished_ms];
      const seconds = found.value('outbox_oldest_unpublished_seconds') ?? 0;
      for (const age of ages) expect(Math.abs(age / 1_000 - seconds)).toBeLessThan(30);
      const lag = status.lag?.filter(({ service }) => service === 'payment-service') ?? [];
      expect(lag.reduce((sum, { records }) => sum + records, 0)).toBe(found.value('kafka_consumergroup_lag'));
    });
    await system.sql('DELETE FROM payment_service.outbox');
    await system.sql('DELETE FROM payment_service.failed_messages');
  });
});

interface Health {
  readonly dependencies: {
    readonly outbox: { readonly details: { readonly oldest_unpublished_ms: number } };
    readonly failed_messages: { readonly details: Readonly<Record<string, number>> };
  };
}

describe('a service that is killed', () => {
  it('counts from zero again, and shows at once what waits', async () => {
    const { order_id } = await system.place();
    await system.settled(order_id);
    await eventually(async () => expect((await scrape('order-service')).value(TRANSITIONS)).toBeGreaterThan(1));
    await system.stack.supervisor.kill('order-service', 'SIGKILL');
    await system.stack.supervisor.start('order-service');
    const found = await scrape('order-service');
    expect(found.value(TRANSITIONS)).toBe(0);
    expect(found.value('orders_open', { state: 'pending' })).toBe(0);
    // What Kafka had taken when the process died, but not yet been crossed off, is sent once more.
    await eventually(async () => expect((await scrape('order-service')).value('outbox_unpublished')).toBe(0));
    expect(found.samples.filter(({ value }) => Number.isNaN(value) || value < 0)).toEqual([]);
    await expectMoved(
      async () => {
        const { order_id: next } = await system.place();
        await system.settled(next);
      },
      { PLACED: 1, AUTHORIZED: 1, TAKEN: 1, CONFIRMED: 1, CAPTURED: 1, MAILED: 3 },
    );
  });
});

/** A UUID, an order number, an address of any kind, a long number. */
const UNBOUNDED = /="[^"]*(?:[0-9a-f]{8}-[0-9a-f]{4}|[0-9A-Z]{4}-[0-9A-Z]{4}|@|\/\/|\d{5,})/;
