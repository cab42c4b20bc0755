import { OrderCancelled, OrderConfirmed, OrderCreated } from '@app/events';
import { Transactions } from '@app/messaging';
import { shutDown } from '@app/platform';
import {
  anEvent,
  anOrderId,
  createTestDatabase,
  eventually,
  infrastructureUrls,
  type TestDatabase,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import Stripe from 'stripe';
import { DataSource } from 'typeorm';
import * as harness from '../test/replica';
import { StripeStandIn, type StripeFault } from '../test/stripe-stand-in';
import { OrderEventsConsumer } from './messaging/order-events.consumer';

const SECRET = 'whsec_test';
let database: TestDatabase;
let stripe: StripeStandIn;
let replicas: NestFastifyApplication[];

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  stripe = new StripeStandIn('sk_test');
  await stripe.start();
  const env = {
    PAYMENT_GATEWAY: 'stripe',
    STRIPE_SECRET_KEY: 'sk_test',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_URL: stripe.url,
    PAYMENT_GATEWAY_PROBE_MS: '100',
    PAYMENT_GATEWAY_FAILURES: '10',
  };
  const { kafka } = infrastructureUrls();
  replicas = [
    await harness.startReplica(database.url, kafka, env),
    await harness.startReplica(database.url, kafka, env),
  ];
  await harness.recordAnnouncements(replicas[0]!);
});

afterAll(async () => {
  await Promise.all(replicas.map((app) => shutDown(app, 10_000)));
  await stripe.stop();
  await database.drop();
});

const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
  replicas[0]!.get(DataSource).query<Row[]>(text, parameters);

/** The order service says the same of all these orders, to one replica. */
async function say(what: 'created' | 'confirmed' | 'cancelled', orders: readonly string[], replica = 0) {
  const app = replicas[replica]!;
  const follow = app.get(OrderEventsConsumer);
  await app.get(Transactions).run((unitOfWork) => {
    switch (what) {
      case 'created':
        return follow.created(
          orders.map((id) => anEvent(OrderCreated, id, harness.created())),
          unitOfWork,
        );
      case 'confirmed':
        return follow.confirmed(
          orders.map((id) => anEvent(OrderConfirmed, id, harness.confirmed)),
          unitOfWork,
        );
      case 'cancelled':
        return follow.cancelled(
          orders.map((id) => anEvent(OrderCancelled, id, harness.cancelled())),
          unitOfWork,
        );
    }
  });
}

async function statuses(orders: readonly string[]): Promise<string[]> {
  const rows = await sql<{ status: string }>('SELECT DISTINCT status FROM payments WHERE order_id = ANY ($1)', [
    orders,
  ]);
  return rows.map(({ status }) => status);
}

const all = (orders: readonly string[], status: string) =>
  eventually(async () => expect(await statuses(orders)).toEqual([status]), { timeoutMs: 30_000 });

const intentsOf = (orderId: string) => stripe.books.intents.filter(({ transfer_group }) => transfer_group === orderId);

describe('orders paid through Stripe', () => {
  it('are held, collected and refunded once each, whatever fails on the way', async () => {
    const orders = Array.from({ length: 40 }, anOrderId);
    const faults: StripeFault[] = ['hang', 'hang_after', 'drop_after', '500_after', '429', '409'];
    const trouble = () =>
      stripe.faults.push(...orders.flatMap((_, n) => (n % 3 === 0 ? [faults[(n / 3) % 6], undefined] : [])));
    trouble();
    await say('created', orders);
    await all(orders, 'authorized');
    trouble();
    await Promise.all([say('confirmed', orders, 0), say('confirmed', orders, 1)]);
    await all(orders, 'captured');
    trouble();
    await say('cancelled', orders, 1);
    await all(orders, 'refunded');
    for (const orderId of orders) {
      expect(intentsOf(orderId)).toMatchObject([{ amount: 4250, amount_received: 4250, status: 'succeeded' }]);
    }
    const refunded = new Set(stripe.books.refunds.map(({ payment_intent }) => payment_intent));
    expect(refunded.size).toBe(orders.length);
    expect(stripe.books.refunds).toHaveLength(orders.length);
    const told = await sql(
      'SELECT type, count(*)::int FROM announcements WHERE order_id = ANY ($1) GROUP BY 1 ORDER BY 1',
      [orders],
    );
    expect(told).toEqual([
      { type: 'payment_captured', count: 40 },
      { type: 'payment_refunded', count: 40 },
      { type: 'payment_successful', count: 40 },
    ]);
  });

  it('leave nothing held when they are cancelled while the answer is lost', async () => {
    const orders = Array.from({ length: 5 }, anOrderId);
    stripe.faults.length = 0;
    stripe.faults.push(...orders.map((): StripeFault => 'hang_after'));
    await say('created', orders);
    await eventually(() => expect(orders.flatMap(intentsOf)).toHaveLength(5));
    await say('cancelled', orders, 1);
    await all(orders, 'voided');
    for (const orderId of orders) expect(intentsOf(orderId)).toMatchObject([{ status: 'canceled' }]);
  });
});

describe('a Stripe that is away', () => {
  it('is left alone; payments wait without an attempt being counted, and go on by themselves', async () => {
    stripe.faults.length = 0;
    await stripe.stop();
    const first = Array.from({ length: 20 }, anOrderId);
    await say('created', first);
    await eventually(async () => {
      const { body } = await harness.get<{ status: string; dependencies: Record<string, object> }>(
        replicas[0]!,
        '/health',
      );
      expect(body).toMatchObject({
        status: 'degraded',
        dependencies: { payment_gateway: { status: 'down', details: { breaker: { opened: expect.any(Number) } } } },
      });
    });
    const orders = Array.from({ length: 300 }, anOrderId);
    await say('created', orders);
    const waited = performance.now();
    // Several probes later.
    await eventually(() => expect(performance.now() - waited).toBeGreaterThan(1_500));
    const [row] = await sql<{ attempts: number }>(
      'SELECT sum(attempts)::int AS attempts FROM payments WHERE order_id = ANY ($1)',
      [orders],
    );
    // Two replicas, each with a probe every 100 ms at most; the sweeps of an open breaker would make thousands.
    expect(row?.attempts).toBeLessThan(60);
    await stripe.start();
    await all([...first, ...orders], 'authorized');
    for (const orderId of orders) expect(intentsOf(orderId)).toHaveLength(1);
    // The other replica may have done it all: this one finds out with its next payment.
    const next = [anOrderId()];
    await say('created', next);
    await all(next, 'authorized');
    await eventually(async () => {
      const { body } = await harness.get<{ dependencies: Record<string, object> }>(replicas[0]!, '/health');
      expect(body).toMatchObject({ dependencies: { payment_gateway: { status: 'up' } } });
    });
  });
});

describe('what Stripe tells of its own accord', () => {
  function event(type: string, orderId: string, id = `evt_${orderId}`) {
    return JSON.stringify({
      id,
      object: 'event',
      type,
      data: { object: { id: 'pi_1', metadata: { order_id: orderId } } },
    });
  }

  function tell(payload: string, header?: string) {
    const signature = header ?? Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature };
    return replicas[0]!.inject({ method: 'POST', url: '/webhooks/stripe', headers, payload });
  }

  it('makes an unknown payment be looked up at once, and never moves money by itself', async () => {
    const orderId = anOrderId();
    await say('created', [orderId]);
    await all([orderId], 'authorized');
    await say('confirmed', [orderId]);
    await all([orderId], 'captured');
    // As if the answer to the capture had been lost and the next look were far away.
    await sql(
      `UPDATE payments SET stage = 'capturing', status = 'unknown', operation = 'capture', attempts = 9, uncertain = true,
         sent_at = now(), due_at = now() + interval '1 hour', look_at = now() + interval '1 hour', captured_amount = 0 WHERE order_id = $1`,
      [orderId],
    );
    const answer = await tell(event('payment_intent.succeeded', orderId));
    expect([answer.statusCode, answer.json()]).toEqual([200, { received: true }]);
    await all([orderId], 'captured');
    expect(intentsOf(orderId)).toHaveLength(1);
  });

  it('is heard once, known or not', async () => {
    const orderId = anOrderId();
    const said = [event('payment_intent.succeeded', orderId), event('something.new', 'not an order', 'evt_new')];
    for (const payload of [...said, ...said]) expect((await tell(payload)).statusCode).toBe(200);
    const stored = await sql('SELECT event_id, order_id FROM stripe_events WHERE event_id = ANY ($1) ORDER BY type', [
      [`evt_${orderId}`, 'evt_new'],
    ]);
    expect(stored).toEqual([
      { event_id: `evt_${orderId}`, order_id: orderId },
      { event_id: 'evt_new', order_id: null },
    ]);
  });

  it('is refused when it is not signed, signed by somebody else, changed, or old', async () => {
    const payload = event('payment_intent.succeeded', anOrderId());
    const signed = (over: object) => Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, ...over });
    const old = Math.floor(Date.now() / 1_000) - 400;
    for (const [body, header] of [
      [payload, ''],
      [payload, signed({ secret: 'whsec_other' })],
      [payload.replace('succeeded', 'canceled'), signed({})],
      [payload, signed({ timestamp: old })],
    ] as const) {
      const answer = await tell(body, header);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'WEBHOOK.BAD_SIGNATURE']);
    }
    expect((await tell(`"${'x'.repeat(200_000)}"`)).statusCode).toBe(413);
  });
});
