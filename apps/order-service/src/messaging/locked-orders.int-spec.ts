import { AroundLocks, Transactions } from '@app/messaging';
import { eventually, lockOutside } from '@app/testing';
import { DOCUMENTED_REQUEST, RunningOrderService, type OrderAnswer } from '../../test/running-order-service';
import { anEventOf } from '../../test/other-services';
import { PaymentEventsConsumer } from './payment-events.consumer';

let service: RunningOrderService;
let unlock: () => Promise<void>;
beforeAll(async () => {
  service = await RunningOrderService.start();
});
beforeEach(() => {
  unlock = () => Promise.resolve();
});
afterEach(() => unlock());
afterAll(() => service.stop());

const LOCK_ORDER = 'SELECT 1 FROM orders WHERE order_id = $1 FOR UPDATE';

async function lock(statement: string, parameters: readonly unknown[], on = service): Promise<void> {
  unlock = await lockOutside(on.database.adminUrl, 'order_service', statement, parameters);
}

async function place(count: number, on = service): Promise<string[]> {
  const placed = await Promise.all(Array.from({ length: count }, () => on.place()));
  return placed.map(({ order_id }) => order_id);
}

/** @returns the slowest answer's time in milliseconds, and all answers. */
async function timed(requests: readonly Promise<OrderAnswer>[]): Promise<{ slowest: number; answers: OrderAnswer[] }> {
  const begun = performance.now();
  let slowest = 0;
  const answers = await Promise.all(
    requests.map((request) => request.finally(() => (slowest = Math.max(slowest, performance.now() - begun)))),
  );
  return { slowest, answers };
}

describe('an order that somebody has locked', () => {
  it('holds up its own events, and not those of others', async () => {
    const orders = await place(30);
    await lock(LOCK_ORDER, [orders[9]]);
    const advance = async (ids: readonly string[]): Promise<string[]> => {
      const events = ids.map((orderId) => anEventOf.paid(orderId));
      const heldUp = await new AroundLocks(service.app.get(Transactions)).run(
        events,
        ({ orderId }) => orderId,
        (unitOfWork, free) => service.app.get(PaymentEventsConsumer).successful(free, unitOfWork),
      );
      return heldUp.map(({ orderId }) => orderId);
    };
    const begun = performance.now();
    expect(await advance(orders)).toEqual([orders[9]]);
    expect(performance.now() - begun).toBeLessThan(1_500);
    const paid = await service.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM orders WHERE order_id = ANY ($1) AND status = 'paid'`,
      [orders],
    );
    expect(paid).toEqual([{ n: 29 }]);
    await unlock();
    expect(await advance([orders[9]!])).toEqual([]);
    expect(await service.steps(orders[9]!)).toEqual(['order_created', 'payment_successful']);
  });

  it('cannot be cancelled, says so in time, and keeps nobody else waiting, however often it is tried', async () => {
    const [locked, ...others] = await place(11);
    await lock(LOCK_ORDER, [locked]);
    // More than there are connections.
    const refused = timed(Array.from({ length: 30 }, () => service.post(`/orders/${locked!}/cancel`)));
    const served = await timed([
      ...others.map((orderId) => service.post(`/orders/${orderId}/cancel`)),
      ...Array.from({ length: 10 }, () => service.post('/orders', DOCUMENTED_REQUEST)),
    ]);
    expect(served.answers.map(({ status }) => status).filter((status) => status >= 400)).toEqual([]);
    expect(served.slowest).toBeLessThan(2_000);
    const { answers, slowest } = await refused;
    for (const { status, headers } of answers) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toMatch(/^[1-9]$/);
    }
    expect(slowest).toBeLessThan(8_000);
    await unlock();
    expect((await service.post(`/orders/${locked!}/cancel`)).body).toMatchObject({ status: 'cancelled' });
  });

  it('is cancelled by the clock when the lock is gone, others in time', async () => {
    // Long enough for the lock to come first on a busy machine.
    const env = { ORDER_DEADLINE_MS: '3000', ORDER_DEADLINE_SWEEP_MS: '50' };
    const hurried = await RunningOrderService.start({ env });
    try {
      const [locked, blocked, ...others] = await place(30, hurried);
      await lock(
        `SELECT 1 FROM orders o, event_sequences s WHERE (o.order_id = $1 AND s.order_id = $2) FOR UPDATE`,
        [locked, blocked],
        hurried,
      );
      const open = () =>
        hurried.rows<{ order_id: string }>(`SELECT order_id FROM orders WHERE status <> 'cancelled' ORDER BY 1`);
      const waiting = [locked, blocked].toSorted().map((order_id) => ({ order_id }));
      await eventually(async () => expect(await open()).toEqual(waiting), { timeoutMs: 8_000 });
      expect(others).toHaveLength(28);
      await unlock();
      await eventually(async () => expect(await open()).toEqual([]), { timeoutMs: 2_000 });
      expect(await hurried.auditProblems()).toEqual([]);
    } finally {
      await unlock();
      await hurried.stop();
    }
  });
});

describe('an idempotency key that another session is writing', () => {
  it('refuses the requests that have it, and delays none of those they came with', async () => {
    await lock(
      `INSERT INTO idempotency_keys VALUES ('taken', '', gen_random_uuid(), 201, '{}', now()),
        ('taken too', '', gen_random_uuid(), 201, '{}', now())`,
      [],
    );
    const keys = Array.from({ length: 60 }, (_, n) => (n === 20 ? 'taken' : n === 41 ? 'taken too' : `mine-${n}`));
    const { slowest, answers } = await timed(
      keys.map((key) => service.post('/orders', DOCUMENTED_REQUEST, { 'idempotency-key': key })),
    );
    answers.forEach(({ status }, n) => expect(status).toBe(n === 20 || n === 41 ? 409 : 201));
    expect(answers[20]?.headers.get('retry-after')).toBe('1');
    expect(slowest).toBeLessThan(2_000);
    await unlock();
    const retried = await service.post('/orders', DOCUMENTED_REQUEST, { 'idempotency-key': 'taken' });
    expect(retried.status).toBe(201);
  });
});

describe('a table that somebody has locked', () => {
  it('makes requests fail in time, and is over at once when it is free', async () => {
    await lock('LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE', []);
    const post = (n: number) => service.post('/orders', DOCUMENTED_REQUEST, { 'idempotency-key': `table-${n}` });
    const { slowest, answers } = await timed(Array.from({ length: 20 }, (_, n) => post(n)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(503));
    expect(slowest).toBeLessThan(4_000);
    await unlock();
    expect((await post(0)).status).toBe(201);
  });
});
