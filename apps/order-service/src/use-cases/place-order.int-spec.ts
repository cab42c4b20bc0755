import { minorUnitsOf } from '@app/events';
import { DOCUMENTED_REQUEST, RunningOrderService, type OrderAnswer } from '../../test/running-order-service';
import type { OrderRequest } from '../domain/place-order';
import { PlaceOrder, type PlaceOrderCommand } from './place-order';

let service: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
});
afterAll(() => service.stop());

function aCommand(overrides: Partial<OrderRequest> = {}, idempotencyKey?: string): PlaceOrderCommand {
  const line = { productId: 'LAPTOP001', productName: 'Gaming Laptop', quantity: 1, price: minorUnitsOf(129_999) };
  return {
    request: { userId: 'group', paymentMethod: 'credit_card', currency: 'USD', lines: [line], ...overrides },
    cause: { correlationId: 'correlation-1' },
    subject: 'group',
    actor: 'customer',
    answer: ({ order }) => ({ status: 201, body: JSON.stringify({ order_id: order.orderId }) }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

describe('a request that makes the shared transaction fail', () => {
  it('fails alone; those it came with are stored', async () => {
    const place = service.app.get(PlaceOrder);
    const commands = Array.from({ length: 50 }, (_, n) =>
      // Only a defect could let such a currency through: it breaks the contract of the event.
      n % 20 === 7 ? aCommand({ currency: 'dollars' }) : aCommand({}, `group-${n}`),
    );
    const outcomes = await Promise.allSettled(commands.map((command) => place.execute(command)));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    outcomes.forEach(({ status }, n) => expect(status).toBe(n % 20 === 7 ? 'rejected' : 'fulfilled'));
    const [stored] = await service.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM orders JOIN outbox ON aggregateid = order_id::text WHERE user_id = 'group'`,
    );
    expect(stored?.n).toBe(47);
  });
});

describe('connections that break while orders are placed', () => {
  /** Ends every connection of the service, whatever it is doing, again and again until told to stop. */
  function breakConnections(): () => Promise<void> {
    let stopped = false;
    const breaking = (async () => {
      while (!stopped) {
        await service.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'order-service' AND random() < 0.7`,
        );
        await service.rows('SELECT pg_sleep(0.01)');
      }
    })();
    return async () => {
      stopped = true;
      await breaking;
    };
  }

  it('are an outage to come back after, never a fault, and a key finds out what was stored', async () => {
    const stop = breakConnections();
    const first: OrderAnswer[] = [];
    const request = { ...DOCUMENTED_REQUEST, user_id: 'storm' };
    const post = (n: number) => service.post('/orders', request, { 'idempotency-key': `storm-${n}` });
    for (let round = 0; round < 15; round += 1) {
      first.push(...(await Promise.all(Array.from({ length: 20 }, (_, n) => post(round * 20 + n)))));
    }
    await stop();
    const statuses = first.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([201, 503]));
    const unavailable = first.filter(({ status }) => status === 503);
    expect(unavailable.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);

    const second = await Promise.all(first.map((_, n) => post(n)));
    expect(new Set(second.map(({ status }) => status))).toEqual(new Set([201]));
    first.forEach((answer, n) => {
      if (answer.status === 201) expect(second[n]?.body).toEqual(answer.body);
    });
    const stored = await service.rows<{ order_id: string }>(`SELECT order_id FROM orders WHERE user_id = 'storm'`);
    expect(stored.map(({ order_id }) => order_id).toSorted()).toEqual(
      second.map(({ body }) => body.order_id).toSorted(),
    );
    expect(await service.auditProblems()).toEqual([]);
  });
});

describe('more orders than may wait', () => {
  it('are refused with a time to come back, and nothing of them is stored', async () => {
    const small = await RunningOrderService.start({ env: { MAX_WAITING_ORDERS: '5' } });
    const answers = await Promise.all(Array.from({ length: 100 }, () => small.post('/orders', DOCUMENTED_REQUEST)));
    const accepted = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 503);
    expect(accepted.length + refused.length).toBe(100);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect(await small.count('orders')).toBe(accepted.length);
    await small.stop();
  });
});
