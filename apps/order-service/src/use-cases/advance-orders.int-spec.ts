import { Transactions } from '@app/messaging';
import { RunningOrderService } from '../../test/running-order-service';
import type { OrderTrigger } from '../domain/order-lifecycle';
import { AdvanceOrders } from './advance-orders';

let service: RunningOrderService;
let replica: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
  replica = await RunningOrderService.start({}, service.database);
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

/** Lets everybody begin in the same moment. */
async function race(runners: readonly (() => Promise<unknown>)[]): Promise<void> {
  const start = Promise.withResolvers<void>();
  const running = runners.map((run) => start.promise.then(run));
  start.resolve();
  await Promise.all(running);
}

const statusOf = async (orderId: string): Promise<string> => (await service.get(`/orders/${orderId}`)).body.status;

describe('a customer who cancels', () => {
  it.each<[string, OrderTrigger[]]>([
    ['while the order is being confirmed', ['stock_taken']],
    ['while everything happens at once', ['payment_successful', 'stock_taken', 'deadline_passed']],
    ['while the payment fails', ['payment_failed']],
  ])('%s has a cancelled order, announced once, with a trail that vouches for it', async (_case, rivals) => {
    const placed = await Promise.all(Array.from({ length: 20 }, () => service.place()));
    await race(
      placed.flatMap(({ order_id }) => [
        () => service.post(`/orders/${order_id}/cancel`),
        () => replica.post(`/orders/${order_id}/cancel`),
        ...rivals.map((trigger, n) => () => (n % 2 === 0 ? replica : service).advance(order_id, trigger)),
      ]),
    );
    for (const { order_id } of placed) {
      expect(await statusOf(order_id)).toBe('cancelled');
      const announced = await service.announcements(order_id);
      expect([
        ['order_created', 'order_cancelled'],
        ['order_created', 'order_confirmed', 'order_cancelled'],
      ]).toContainEqual(announced);
    }
    expect(await service.auditProblems()).toEqual([]);
  });

  it('twice is told the same and changes nothing', async () => {
    const { order_id } = await service.place();
    const [one, two] = [
      await service.post(`/orders/${order_id}/cancel`),
      await service.post(`/orders/${order_id.toUpperCase()}/cancel`),
    ];
    expect(two.body).toEqual(one.body);
    expect(await service.steps(order_id)).toEqual(['order_created', 'cancel_requested']);
  });
});

describe('events of many orders', () => {
  it('in two replicas, in opposite directions and by several topics, neither deadlock nor get lost', async () => {
    const placed = await Promise.all(Array.from({ length: 30 }, () => service.place()));
    const ids = placed.map(({ order_id }) => order_id);
    let attempts = 0;
    const apply = async (where: RunningOrderService, batches: readonly [OrderTrigger, readonly string[]][]) => {
      const advance = where.app.get(AdvanceOrders);
      await where.app.get(Transactions).run(async (unitOfWork) => {
        attempts += 1;
        for (const [trigger, orderIds] of batches) {
          await advance.enqueue(
            unitOfWork,
            orderIds.map((orderId) => ({ orderId, trigger, actor: 'test' })),
          );
          // Something else of the batch takes its time.
          await unitOfWork.query('SELECT pg_sleep(0.05)');
        }
      });
    };
    const [front, back] = [ids.slice(0, 15), ids.slice(15)];
    await apply(service, [['payment_successful', ids]]);
    await race([
      () =>
        apply(service, [
          ['payment_successful', front],
          ['stock_taken', back],
        ]),
      () =>
        apply(replica, [
          ['payment_successful', back],
          ['stock_taken', front],
        ]),
    ]);
    // Whoever loses a deadlock has to begin again.
    expect(attempts).toBe(3);
    expect(new Set(await Promise.all(ids.map(statusOf)))).toEqual(new Set(['confirmed']));
    expect(await service.auditProblems()).toEqual([]);
  });

  it('is undone as a whole when one of them is impossible', async () => {
    const [good, bad] = [await service.place(), await service.place()];
    const advance = service.app.get(AdvanceOrders);
    const inputs = [
      { orderId: good.order_id, trigger: 'payment_successful', actor: 'test' },
      { orderId: bad.order_id, trigger: 'stock_returned', actor: 'test' },
    ] as const;
    const work = service.app.get(Transactions).run((unitOfWork) => advance.enqueue(unitOfWork, inputs));
    await expect(work).rejects.toMatchObject({ code: 'ORDER.TRANSITION_REFUSED' });
    expect(await statusOf(good.order_id)).toBe('pending');
    expect(await service.steps(good.order_id)).toEqual(['order_created']);
  });

  it('of an order nobody has placed is refused', async () => {
    const unknown = service.advance('019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11', 'payment_successful');
    await expect(unknown).rejects.toMatchObject({ code: 'ORDER.NOT_FOUND' });
  });
});

describe('several steps in one batch', () => {
  it('are each recorded, and announced in their order', async () => {
    const { order_id } = await service.place();
    await service.advance(order_id, 'payment_successful', 'stock_taken', 'cancel_requested', 'payment_refunded');
    expect(await service.announcements(order_id)).toEqual(['order_created', 'order_confirmed', 'order_cancelled']);
    const { body } = await service.get<{ events: object[] }>(`/orders/${order_id}/events`);
    expect(body.events).toMatchObject([
      { number: 1, event: 'order_created', from: null, to: 'pending', reason: null, actor: 'customer', cause: null },
      { number: 2, event: 'payment_successful', from: 'pending', to: 'paid', reason: null },
      { number: 3, event: 'stock_taken', from: 'paid', to: 'confirmed', reason: null },
      { number: 4, event: 'cancel_requested', from: 'confirmed', to: 'cancelled', reason: 'cancelled_by_customer' },
      { number: 5, event: 'payment_refunded', from: 'cancelled', to: 'cancelled', reason: null },
    ]);
  });
});
