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
import { StripeStandIn } from '../test/stripe-stand-in';
import { FetchGatewayEvents } from './use-cases/fetch-gateway-events';
import { OrderEventsConsumer } from './messaging/order-events.consumer';

const SECRET = 'whsec_test';
let database: TestDatabase;
let stripe: StripeStandIn;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  stripe = new StripeStandIn('sk_test');
  await stripe.start();
  app = await harness.startReplica(database.url, infrastructureUrls().kafka, {
    PAYMENT_GATEWAY: 'stripe',
    STRIPE_SECRET_KEY: 'sk_test',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_URL: stripe.url,
    PAYMENT_GATEWAY_PROBE_MS: '100',
  });
  await harness.recordAnnouncements(app);
});

afterAll(async () => {
  await shutDown(app, 10_000);
  await stripe.stop();
  await database.drop();
});

beforeEach(() => {
  stripe.books.refundsBegin = 'succeeded';
  stripe.faults.length = 0;
});

const handle: (typeof Transactions)['prototype']['run'] = (work) => app.get(Transactions).run(work);
const follow = () => app.get(OrderEventsConsumer);
const cancel = (id: string, total_amount = 42.5) => {
  const event = anEvent(OrderCancelled, id, { ...harness.cancelled(), total_amount });
  return handle((unitOfWork) => follow().cancelled([event], unitOfWork));
};
const confirm = (id: string, total_amount = 42.5) => {
  const event = anEvent(OrderConfirmed, id, { ...harness.confirmed, total_amount });
  return handle((unitOfWork) => follow().confirmed([event], unitOfWork));
};

async function place(total = 42.5, method?: string): Promise<string> {
  const order = anEvent(OrderCreated, anOrderId(), { ...harness.created(method), total_amount: total });
  await handle((unitOfWork) => follow().created([order], unitOfWork));
  return order.orderId;
}

async function becomes(orderId: string, expected: object): Promise<void> {
  await eventually(async () => {
    const { payments } = (await harness.get(app, `/payments?order_id=${orderId}`)).body;
    expect(payments[0]).toMatchObject(expected);
  });
}

/** An order whose money has been collected, and the name of its payment at Stripe. */
async function captured(): Promise<{ orderId: string; reference: string }> {
  const orderId = await place();
  await becomes(orderId, { status: 'authorized' });
  await confirm(orderId);
  await becomes(orderId, { status: 'captured' });
  return { orderId, reference: referenceOf(orderId) };
}

function referenceOf(orderId: string): string {
  const intent = stripe.books.intents.find(({ transfer_group }) => transfer_group === orderId);
  if (intent === undefined) throw new Error('never held');
  return intent.id;
}

async function announced(orderId: string): Promise<[string, Record<string, unknown>][]> {
  const rows = await app.get(DataSource).query<{ type: string; payload: string }[]>(
    `SELECT type, payload FROM announcements
       WHERE order_id = $1 AND type NOT IN ('payment_successful', 'payment_captured') ORDER BY position`,
    [orderId],
  );
  return rows.map(({ type, payload }) => [type, JSON.parse(payload) as Record<string, unknown>]);
}

const sumOf = (reference: string) =>
  stripe.books.refunds
    .filter(({ payment_intent, status }) => payment_intent === reference && status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0);

function post(payload: string) {
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  return app.inject({ method: 'POST', url: '/webhooks/stripe', headers, payload });
}

async function tell(...events: readonly object[]): Promise<void> {
  for (const event of events) expect((await post(JSON.stringify(event))).statusCode).toBe(200);
}

describe('a captured payment that somebody refunds in Stripe’s pages', () => {
  it('is refunded, and its order hears of it once, however often and in whatever order Stripe tells it', async () => {
    const { orderId, reference } = await captured();
    const events = stripe.books.refundByHand(reference);
    await tell(...events.toReversed(), ...events, ...events);
    await becomes(orderId, { status: 'refunded', captured_amount: 42.5, refunded_amount: 42.5 });
    const reversed = ['payment_refunded', expect.objectContaining({ initiator: 'operator', method: 'refund' })];
    expect(await announced(orderId)).toEqual([reversed]);
    await cancel(orderId);
    await tell(...events);
    await becomes(orderId, { status: 'refunded' });
    expect(await announced(orderId)).toEqual([reversed]);
    expect(sumOf(reference)).toBe(4250);
  });

  it('in parts has each on record, and what is left goes back when the order is cancelled', async () => {
    const { orderId, reference } = await captured();
    await tell(...stripe.books.refundByHand(reference, 400));
    await becomes(orderId, { status: 'captured', refunded_amount: 4 });
    const [late, later] = [stripe.books.refundByHand(reference, 250), stripe.books.refundByHand(reference, 100)];
    await tell(...later, ...late);
    await becomes(orderId, { status: 'captured', refunded_amount: 7.5 });
    const parts = (await announced(orderId)).map(([type, { given_back }]) => [type, given_back]);
    expect(parts[0]).toEqual(['payment_adjusted', 4]);
    expect(parts.reduce((sum, [, given]) => sum + Number(given), 0)).toBe(7.5);
    await cancel(orderId);
    await becomes(orderId, { status: 'refunded', captured_amount: 42.5, refunded_amount: 42.5 });
    expect(sumOf(reference)).toBe(4250);
    expect((await announced(orderId)).filter(([type]) => type === 'payment_refunded')).toHaveLength(1);
  });

  it('before our own commit of the capture is not missed', async () => {
    const orderId = await place();
    await becomes(orderId, { status: 'authorized' });
    stripe.faults.push('hang_after');
    await confirm(orderId);
    const reference = referenceOf(orderId);
    await eventually(() => expect(stripe.books.intents.find(({ id }) => id === reference)?.status).toBe('succeeded'));
    await tell(...stripe.books.refundByHand(reference));
    await becomes(orderId, { status: 'refunded', refunded_amount: 42.5 });
    expect(await announced(orderId)).toMatchObject([['payment_refunded', { initiator: 'operator' }]]);
  });

  it('before the order was even confirmed is not missed either', async () => {
    const orderId = await place();
    await becomes(orderId, { status: 'authorized' });
    const reference = referenceOf(orderId);
    stripe.books.captureByHand(reference, 4250);
    await tell(...stripe.books.refundByHand(reference, 1000));
    await confirm(orderId);
    await becomes(orderId, { status: 'captured', refunded_amount: 10 });
  });

  it('is found although no webhook came', async () => {
    const { orderId, reference } = await captured();
    stripe.books.refundByHand(reference);
    expect(await app.get(FetchGatewayEvents).execute()).toBeGreaterThan(0);
    await becomes(orderId, { status: 'refunded', refunded_amount: 42.5 });
    await app.get(FetchGatewayEvents).execute();
    expect(await announced(orderId)).toHaveLength(1);
  });

  it('is told again when Stripe could not be asked whose payment it is', async () => {
    const { orderId, reference } = await captured();
    const [, refundCreated] = stripe.books.refundByHand(reference);
    await stripe.stop();
    const answer = await post(JSON.stringify(refundCreated));
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'WEBHOOK.NOT_NOW']);
    await stripe.start();
    await eventually(() => tell(refundCreated!));
    await becomes(orderId, { status: 'refunded' });
  });
});

describe('a captured payment that the customer’s bank disputes', () => {
  it('stands while the dispute is open, and is gone when it is lost', async () => {
    const { orderId, reference } = await captured();
    await tell(stripe.books.dispute(reference, 'needs_response'));
    await becomes(orderId, { status: 'captured', dispute: 'open', refunded_amount: 0 });
    await tell(stripe.books.dispute(reference, 'lost'));
    await becomes(orderId, { status: 'refunded', dispute: 'lost', refunded_amount: 42.5 });
    expect(await announced(orderId)).toMatchObject([
      ['payment_adjusted', { dispute: 'open', given_back: 0 }],
      ['payment_refunded', { initiator: 'bank' }],
    ]);
  });

  it('is ours again when it is won', async () => {
    const { orderId, reference } = await captured();
    await tell(stripe.books.dispute(reference, 'needs_response'));
    await becomes(orderId, { dispute: 'open' });
    await tell(stripe.books.dispute(reference, 'won'));
    await becomes(orderId, { status: 'captured', dispute: 'won', refunded_amount: 0 });
  });
});

describe('a refund of ours that fails after Stripe has taken it', () => {
  it('is no refund any more, until somebody has given the money back', async () => {
    const { orderId, reference } = await captured();
    stripe.books.refundsBegin = 'pending';
    await cancel(orderId);
    await becomes(orderId, { status: 'refunded' });
    await tell(stripe.books.failRefund(stripe.books.refunds.find((refund) => refund.payment_intent === reference)!));
    await becomes(orderId, { status: 'captured', refunded_amount: 0 });
    await tell(...stripe.books.refundByHand(reference));
    await becomes(orderId, { status: 'refunded', refunded_amount: 42.5 });
    expect((await announced(orderId)).filter(([type]) => type === 'payment_refunded')).toHaveLength(1);
  });
});

describe('an order over nothing', () => {
  it('is paid, collected and cancelled without asking Stripe', async () => {
    const asked = stripe.requests.length;
    const orderId = await place(0);
    await becomes(orderId, { status: 'authorized' });
    await confirm(orderId, 0);
    await becomes(orderId, { status: 'captured', captured_amount: 0 });
    await cancel(orderId, 0);
    await becomes(orderId, { status: 'cancelled', captured_amount: 0, refunded_amount: 0 });
    expect(stripe.requests).toHaveLength(asked);
    expect(await announced(orderId)).toEqual([]);
  });
});

describe('an order that Stripe refuses for what it is', () => {
  it.each([
    ['a payment method that was used before', 42.5, 'pm_card_usedBefore'],
    ['an amount that is too small', 0.49, 'credit_card'],
  ])('fails at once, and keeps no other order waiting: %s', async (_what, total, method) => {
    const refused = await Promise.all(Array.from({ length: 25 }, () => place(total, method)));
    const paying = await place();
    for (const orderId of refused) await becomes(orderId, { status: 'failed', failure_reason: 'declined' });
    await becomes(paying, { status: 'authorized' });
    const { body } = await harness.get<{ dependencies: Record<string, object> }>(app, '/health');
    expect(body.dependencies).toMatchObject({ payment_gateway: { status: 'up' } });
  });
});
