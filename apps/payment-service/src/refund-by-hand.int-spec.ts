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
import { DataSource } from 'typeorm';
import * as harness from '../test/replica';
import { SimulatedGateway } from './gateway/simulated-gateway';
import { FetchGatewayEvents } from './use-cases/fetch-gateway-events';
import { OrderEventsConsumer } from './messaging/order-events.consumer';

let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  app = await harness.startReplica(database.url, infrastructureUrls().kafka);
  await harness.recordAnnouncements(app);
});

afterAll(async () => {
  await shutDown(app, 10_000);
  await database.drop();
});

const sql = <Row>(text: string, parameters: unknown[]) => app.get(DataSource).query<Row[]>(text, parameters);
const handle: (typeof Transactions)['prototype']['run'] = (work) => app.get(Transactions).run(work);
const follow = () => app.get(OrderEventsConsumer);

async function captured(total = 42.5): Promise<string> {
  const orderId = anOrderId();
  const order = { ...harness.created(), total_amount: total };
  await handle((unitOfWork) => follow().created([anEvent(OrderCreated, orderId, order)], unitOfWork));
  const confirmed = { ...harness.confirmed, total_amount: total };
  await handle((unitOfWork) => follow().confirmed([anEvent(OrderConfirmed, orderId, confirmed)], unitOfWork));
  await becomes(orderId, { status: 'captured', captured_amount: total });
  return orderId;
}

const cancel = (orderId: string, total_amount = 42.5) =>
  handle((unitOfWork) =>
    follow().cancelled([anEvent(OrderCancelled, orderId, { ...harness.cancelled(), total_amount })], unitOfWork),
  );

async function becomes(orderId: string, expected: object): Promise<void> {
  await eventually(async () => {
    const { body } = await harness.get(app, `/payments?order_id=${orderId}`);
    expect(body.payments[0]).toMatchObject(expected);
  });
}

function refund(order_id: string, amount?: number) {
  return app.inject({ method: 'POST', url: '/simulator/refunds', payload: { order_id, amount } });
}

async function announced(orderId: string): Promise<string[]> {
  const rows = await sql<{ type: string }>('SELECT type FROM announcements WHERE order_id = $1 ORDER BY position', [
    orderId,
  ]);
  return rows.map(({ type }) => type);
}

async function books(orderId: string): Promise<Record<string, string>> {
  const rows = await sql<{ outcome: string; sum: string }>(
    'SELECT outcome, sum(amount) FROM gateway_ledger WHERE idempotency_key LIKE $1 GROUP BY 1',
    [`${orderId}:%`],
  );
  return Object.fromEntries(rows.map(({ outcome, sum }) => [outcome, sum]));
}

describe('a captured payment that an operator refunds at the simulated gateway', () => {
  it('in parts, has each on record; what is left goes back with the cancellation, and the books say the same', async () => {
    const orderId = await captured();
    expect((await refund(orderId, 4)).statusCode).toBe(202);
    await becomes(orderId, { status: 'captured', refunded_amount: 4 });
    expect((await refund(orderId, 8.5)).statusCode).toBe(202);
    await becomes(orderId, { status: 'captured', refunded_amount: 12.5 });
    await cancel(orderId);
    await becomes(orderId, { status: 'refunded', refunded_amount: 42.5 });
    expect(await books(orderId)).toEqual({ authorized: '42.50', captured: '42.50', refunded: '42.50' });
    const captureAndParts = ['payment_captured', 'payment_adjusted', 'payment_adjusted'];
    expect(await announced(orderId)).toEqual(['payment_successful', ...captureAndParts, 'payment_refunded']);
  });

  it('at once, is refunded before anybody cancels the order', async () => {
    const orderId = await captured();
    await refund(orderId);
    await becomes(orderId, { status: 'refunded', refunded_amount: 42.5 });
    await cancel(orderId);
    expect(await announced(orderId)).toEqual(['payment_successful', 'payment_captured', 'payment_refunded']);
    expect(await books(orderId)).toMatchObject({ refunded: '42.50' });
  });

  it('never gives more back than was collected, and nothing of what was not', async () => {
    const orderId = await captured();
    for (const amount of [42.51, 1_000]) expect((await refund(orderId, amount)).statusCode).toBe(409);
    const asked = await Promise.all(Array.from({ length: 8 }, () => refund(orderId, 10)));
    expect(asked.map(({ statusCode }) => statusCode).toSorted()).toEqual([202, 202, 202, 202, 409, 409, 409, 409]);
    expect((await refund(anOrderId())).statusCode).toBe(409);
    for (const amount of [0, -1, 0.001]) expect((await refund(orderId, amount)).statusCode).toBe(400);
    await becomes(orderId, { status: 'captured', refunded_amount: 40 });
  });

  it('is found although nobody told us', async () => {
    const orderId = await captured();
    expect(await app.get(SimulatedGateway).refundByHand(orderId)).toBeDefined();
    await app.get(FetchGatewayEvents).execute();
    await becomes(orderId, { status: 'refunded', refunded_amount: 42.5 });
  });
});

describe('an order over nothing', () => {
  it('is paid, collected and cancelled without a line in the books', async () => {
    const orderId = await captured(0);
    await cancel(orderId, 0);
    await becomes(orderId, { status: 'cancelled', captured_amount: 0, refunded_amount: 0 });
    expect(await books(orderId)).toEqual({});
    expect(await announced(orderId)).toEqual(['payment_successful']);
    expect((await refund(orderId)).statusCode).toBe(409);
  });
});
