import { OrderConfirmed, OrderCreated } from '@app/events';
import { AroundLocks, Transactions } from '@app/messaging';
import { shutDown } from '@app/platform';
import {
  anEvent,
  anOrderId,
  createTestDatabase,
  eventually,
  infrastructureUrls,
  lockOutside,
  type TestDatabase,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import * as harness from '../../test/replica';

/** The gateway takes a while: there is time to lock a payment whose call is under way. */
const SLOW_GATEWAY = {
  PAYMENT_SIMULATOR_LATENCY_MS: '500',
  PAYMENT_GATEWAY_TIMEOUT_MS: '2000',
  PAYMENT_GATEWAY_LEASE_MS: '30000',
};

let database: TestDatabase;
let app: NestFastifyApplication;
let unlock: () => Promise<void>;
beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  app = await harness.startReplica(database.url, infrastructureUrls().kafka, SLOW_GATEWAY);
  await harness.recordAnnouncements(app);
});
beforeEach(() => {
  unlock = () => Promise.resolve();
});
afterEach(() => unlock());
afterAll(async () => {
  await shutDown(app, 10_000);
  await database.drop();
});

async function lockPayment(orderId: string): Promise<void> {
  const statement = 'SELECT 1 FROM payments WHERE order_id = $1 FOR UPDATE';
  unlock = await lockOutside(database.adminUrl, 'payment_service', statement, [orderId]);
}

async function ordersThatAre(status: string, orders: readonly string[]): Promise<string[]> {
  const rows = await app
    .get(DataSource)
    .query<{ order_id: string }[]>('SELECT order_id FROM payments WHERE order_id = ANY ($1) AND status = $2', [
      orders,
      status,
    ]);
  return rows.map((row) => row.order_id).toSorted();
}

async function begin(count: number): Promise<string[]> {
  const orders = Array.from({ length: count }, anOrderId);
  const events = orders.map((orderId) => anEvent(OrderCreated, orderId, harness.created()));
  await app.get(Transactions).run((unitOfWork) => harness.orderEventsOf(app).created(events, unitOfWork));
  return orders;
}

/** @returns the orders that are held up. */
async function confirm(orders: readonly string[]): Promise<string[]> {
  const events = orders.map((orderId) => anEvent(OrderConfirmed, orderId, harness.confirmed));
  const heldUp = await new AroundLocks(app.get(Transactions)).run(
    events,
    ({ orderId }) => orderId,
    (unitOfWork, free) => harness.orderEventsOf(app).confirmed(free, unitOfWork),
  );
  return heldUp.map(({ orderId }) => orderId);
}

describe('a payment that somebody has locked while the gateway is asked', () => {
  it('waits for its result to be recorded; the results of others do not, and nothing is charged twice', async () => {
    const orders = await begin(20);
    const [locked, ...others] = orders;
    await lockPayment(locked!);
    await eventually(async () => expect(await ordersThatAre('authorized', orders)).toEqual(others.toSorted()), {
      timeoutMs: 2_000,
    });
    // Results that come later do not wait either.
    const later = await begin(5);
    await eventually(async () => expect(await ordersThatAre('authorized', later)).toEqual(later.toSorted()), {
      timeoutMs: 2_000,
    });
    await unlock();
    await eventually(async () => expect(await ordersThatAre('authorized', [locked!])).toEqual([locked]), {
      timeoutMs: 2_000,
    });
    const books = await app
      .get(DataSource)
      .query<unknown[]>('SELECT outcome FROM gateway_ledger WHERE idempotency_key LIKE $1', [`${locked!}:%`]);
    expect(books).toEqual([{ outcome: 'authorized' }]);
    const announced = 'SELECT type FROM announcements WHERE order_id = $1';
    expect(await app.get(DataSource).query<unknown[]>(announced, [locked])).toEqual([{ type: 'payment_successful' }]);
  });
});

describe('a payment that somebody has locked', () => {
  it('holds up the events of its order alone', async () => {
    const orders = await begin(30);
    await eventually(async () => expect(await ordersThatAre('authorized', orders)).toHaveLength(30));
    await lockPayment(orders[11]!);
    const begun = performance.now();
    expect(await confirm(orders)).toEqual([orders[11]]);
    expect(performance.now() - begun).toBeLessThan(1_500);
    const others = orders.toSpliced(11, 1).toSorted();
    await eventually(async () => expect(await ordersThatAre('captured', orders)).toEqual(others), { timeoutMs: 3_000 });
    await unlock();
    expect(await confirm([orders[11]!])).toEqual([]);
    await eventually(async () => expect(await ordersThatAre('captured', orders)).toHaveLength(30));
  });
});
