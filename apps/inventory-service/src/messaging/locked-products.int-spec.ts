import { AroundLocks, Transactions } from '@app/messaging';
import { anOrderId, lockOutside } from '@app/testing';
import { aCancellation, aPayment, startInventory, type InventorySystem } from '../../test/inventory-system';
import { OrderEventsConsumer } from './order-events.consumer';
import { PaymentEventsConsumer } from './payment-events.consumer';

type News = ReturnType<typeof aPayment> | ReturnType<typeof aCancellation>;

const LOCK_PRODUCT = 'SELECT 1 FROM inventory WHERE product_id = $1 FOR UPDATE';

let system: InventorySystem;
let unlock: () => Promise<void>;
beforeAll(async () => {
  system = await startInventory();
  await system.addProduct('STUCK', 100);
  await system.addProduct('FREE', 1_000);
});
beforeEach(() => {
  unlock = () => Promise.resolve();
});
afterEach(() => unlock());
afterAll(() => system.close());

const orderIds = (count: number): string[] => Array.from({ length: count }, anOrderId);

/** Handles a batch as the transport does. @returns the orders that are held up, and how long it took. */
async function handle(batch: readonly News[]): Promise<{ heldUp: string[]; ms: number }> {
  const { app } = system;
  const begun = performance.now();
  const heldUp = await new AroundLocks(app.get(Transactions)).run(
    batch,
    ({ orderId }) => orderId,
    async (unitOfWork, free) => {
      const isPayment = (event: News): event is ReturnType<typeof aPayment> => event.type === 'payment_successful';
      const isCancellation = (event: News): event is ReturnType<typeof aCancellation> => !isPayment(event);
      await app.get(PaymentEventsConsumer).successful(free.filter(isPayment), unitOfWork);
      await app.get(OrderEventsConsumer).cancelled(free.filter(isCancellation), unitOfWork);
    },
  );
  return { heldUp: heldUp.map(({ orderId }) => orderId).toSorted(), ms: performance.now() - begun };
}

async function lock(statement: string, key: string): Promise<void> {
  unlock = await lockOutside(system.adminUrl, 'inventory_service', statement, [key]);
}

async function statuses(orders: readonly string[]): Promise<unknown[]> {
  return system.query(
    'SELECT status, count(*)::int AS orders FROM stock_allocations WHERE order_id = ANY ($1) GROUP BY 1 ORDER BY 1',
    [orders],
  );
}

async function quantityOf(productId: string): Promise<unknown> {
  return (await system.query('SELECT quantity FROM inventory WHERE product_id = $1', [productId]))[0]?.quantity;
}

describe('a product that somebody has locked', () => {
  it('holds up the orders that want it, however many, and no others; none of their lines is taken', async () => {
    const [stuck, free, both] = [orderIds(80), orderIds(100), orderIds(10)];
    const events = [
      ...stuck.map((orderId) => aPayment(orderId, ['STUCK', 1])),
      ...free.map((orderId) => aPayment(orderId, ['FREE', 1])),
      ...both.map((orderId) => aPayment(orderId, ['FREE', 1], ['STUCK', 1])),
    ];
    await lock(LOCK_PRODUCT, 'STUCK');
    const { heldUp, ms } = await handle(events);
    expect(heldUp).toEqual([...stuck, ...both].toSorted());
    expect(ms).toBeLessThan(1_500);
    expect(await statuses(free)).toEqual([{ status: 'taken', orders: 100 }]);
    expect(await statuses([...stuck, ...both])).toEqual([]);
    expect(await quantityOf('FREE')).toBe(900);
    await unlock();
    const again = await handle(events.filter(({ orderId }) => heldUp.includes(orderId)));
    expect(again.heldUp).toEqual([]);
    expect([await quantityOf('FREE'), await quantityOf('STUCK')]).toEqual([890, 10]);
  });

  it('holds up the cancellation of an order that has taken it, and of no other', async () => {
    const [stuck, free] = [anOrderId(), anOrderId()];
    await handle([aPayment(stuck, ['STUCK', 1]), aPayment(free, ['FREE', 1])]);
    await lock(LOCK_PRODUCT, 'STUCK');
    const { heldUp } = await handle([aCancellation(stuck), aCancellation(free)]);
    expect(heldUp).toEqual([stuck]);
    expect(await statuses([stuck])).toEqual([{ status: 'taken', orders: 1 }]);
    expect(await statuses([free])).toEqual([{ status: 'returned', orders: 1 }]);
  });

  it('keeps the deliveries of other products from nothing, however many ask for it', async () => {
    await lock(LOCK_PRODUCT, 'STUCK');
    const deliver = (productId: string) => {
      const payload = { quantity_delta: 1, reason: 'delivery' };
      return system.app.inject({ method: 'POST', url: `/inventory/${productId}/adjustments`, payload });
    };
    // More than there are connections.
    const stuck = Array.from({ length: 30 }, () => deliver('STUCK'));
    const begun = performance.now();
    for (let n = 0; n < 10; n += 1) expect((await deliver('FREE')).statusCode).toBe(201);
    expect(performance.now() - begun).toBeLessThan(1_500);
    for (const { statusCode, headers } of await Promise.all(stuck)) {
      expect(statusCode).toBe(503);
      expect(headers['retry-after']).toMatch(/^[1-9]$/);
    }
    expect(performance.now() - begun).toBeLessThan(8_000);
  });
});

describe('a product that another transaction of the service is at work on', () => {
  it('is waited for: a crowd that wants it is no reason to hold orders up', async () => {
    const entered = Promise.withResolvers<void>();
    const atWork = system.app.get(Transactions).run(async (unitOfWork) => {
      await unitOfWork.query(LOCK_PRODUCT, ['STUCK']);
      entered.resolve();
      await unitOfWork.query('SELECT pg_sleep(0.7)');
    });
    await entered.promise;
    const { heldUp, ms } = await handle([aPayment(anOrderId(), ['STUCK', 1])]);
    expect(heldUp).toEqual([]);
    expect(ms).toBeGreaterThan(250);
    await atWork;
  });
});

describe('an allocation that somebody has locked', () => {
  it('holds up its order alone', async () => {
    const orders = orderIds(20);
    await handle(orders.map((orderId) => aPayment(orderId, ['FREE', 1])));
    await lock('SELECT 1 FROM stock_allocations WHERE order_id = $1 FOR UPDATE', orders[7]!);
    const { heldUp, ms } = await handle(orders.map((orderId) => aCancellation(orderId)));
    expect(heldUp).toEqual([orders[7]]);
    expect(ms).toBeLessThan(1_500);
    await unlock();
    await handle([aCancellation(orders[7]!)]);
    expect(await statuses(orders)).toEqual([{ status: 'returned', orders: 20 }]);
  });
});
