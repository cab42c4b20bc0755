import { AroundLocks, Transactions } from '@app/messaging';
import { anOrderId, eventually, lockOutside } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';
import { OrderEventsConsumer } from './order-events.consumer';

let system: NotificationSystem;
let unlock: () => Promise<void>;
beforeAll(async () => {
  system = await startNotifications();
});
beforeEach(() => {
  system.mailServer.delayMs = 0;
  unlock = () => Promise.resolve();
});
afterEach(() => unlock());
afterAll(() => system.close());

const orderIds = (count: number): string[] => Array.from({ length: count }, anOrderId);

async function lock(statement: string, key: string): Promise<void> {
  unlock = await lockOutside(system.adminUrl, 'notification_service', statement, [key]);
}

async function ordersThatAre(status: string, orders: readonly string[]): Promise<string[]> {
  const rows = await system.query<{ order_id: string }>(
    'SELECT DISTINCT order_id FROM notifications WHERE order_id = ANY ($1) AND status = $2',
    [orders, status],
  );
  return rows.map((row) => row.order_id).toSorted();
}

/** @returns the orders that are held up. */
async function cancel(orders: readonly string[]): Promise<string[]> {
  const app = system.replicas[0]!;
  const heldUp = await new AroundLocks(app.get(Transactions)).run(
    orders.map((orderId) => anEventOf.order_cancelled(orderId)),
    ({ orderId }) => orderId,
    (unitOfWork, free) => app.get(OrderEventsConsumer).cancelled(free, unitOfWork),
  );
  return heldUp.map(({ orderId }) => orderId);
}

describe('a notification that somebody has locked while its mail is being sent', () => {
  it('waits to be marked as sent; others do not, and no mail is sent twice', async () => {
    system.mailServer.delayMs = 500;
    const orders = orderIds(10);
    await system.handle(orders.map((orderId) => anEventOf.order_received(orderId)));
    await lock('SELECT 1 FROM notifications WHERE order_id = $1 FOR UPDATE', orders[4]!);
    const others = orders.toSpliced(4, 1).toSorted();
    await eventually(async () => expect(await ordersThatAre('sent', orders)).toEqual(others), { timeoutMs: 8_000 });
    await eventually(() => expect(system.mailServer.mails).toHaveLength(10));
    await unlock();
    await eventually(async () => expect(await ordersThatAre('sent', orders)).toHaveLength(10), { timeoutMs: 3_000 });
    expect(system.mailServer.mails).toHaveLength(10);
  });
});

describe('rows that somebody has locked', () => {
  it.each([
    ['the order', 'SELECT 1 FROM order_notifications WHERE order_id = $1 FOR UPDATE'],
    ['a notification that is to be taken back', 'SELECT 1 FROM notifications WHERE order_id = $1 FOR UPDATE'],
  ])('hold up the news of their order alone: %s', async (_what, statement) => {
    await system.mailServer.stop();
    const orders = orderIds(20);
    await system.handle(orders.map((orderId) => anEventOf.order_paid(orderId)));
    // Nobody is at work on it: only then it can be taken back.
    await eventually(async () => {
      await lock(statement, orders[13]!);
      const sql = `SELECT 1 FROM notifications WHERE order_id = $1 AND held_by = 'worker' AND due_at > now()`;
      const inHand = await system.query(sql, [orders[13]]);
      if (inHand.length > 0) await unlock();
      expect(inHand).toEqual([]);
    });
    const begun = performance.now();
    let heldUp = orders;
    // A worker of our own may just be at one of the others, and is through in a moment.
    for (let tries = 0; tries < 3 && heldUp.length !== 1; tries += 1) heldUp = await cancel(heldUp);
    expect(heldUp).toEqual([orders[13]]);
    expect(performance.now() - begun).toBeLessThan(1_500);
    const cancelled = await system.query<{ order_id: string }>(
      'SELECT order_id FROM order_notifications WHERE order_id = ANY ($1) AND cancelled ORDER BY 1',
      [orders],
    );
    expect(cancelled.map(({ order_id }) => order_id)).toEqual(orders.toSpliced(13, 1).toSorted());
    await unlock();
    expect(await cancel([orders[13]!])).toEqual([]);
    await system.mailServer.start();
    await eventually(async () => expect(await ordersThatAre('sent', orders)).toHaveLength(20), { timeoutMs: 30_000 });
  });
});

describe('a contact that somebody has locked', () => {
  it('keeps nobody from hearing of an order, not even its own user', async () => {
    const contact = { email: 'locked@example.test', channels: ['email'] };
    expect(await system.inject('PUT', '/contacts/user_locked', contact)).toMatchObject({ status: 200 });
    await lock('SELECT 1 FROM contacts WHERE user_id = $1 FOR UPDATE', 'user_locked');
    const [own, other] = [anOrderId(), anOrderId()];
    await system.handle([anEventOf.order_received(own, 'user_locked'), anEventOf.order_received(other)]);
    await eventually(async () => expect(await ordersThatAre('sent', [own, other])).toHaveLength(2), {
      timeoutMs: 3_000,
    });
  });

  it('keeps the contacts of others from nothing, however often it is saved', async () => {
    const contact = { email: 'locked@example.test', channels: ['email'] };
    await system.inject('PUT', '/contacts/user_locked', contact);
    await lock('SELECT 1 FROM contacts WHERE user_id = $1 FOR UPDATE', 'user_locked');
    const locked = Array.from({ length: 30 }, () => system.inject('PUT', '/contacts/user_locked', contact));
    const begun = performance.now();
    for (let n = 0; n < 5; n += 1)
      expect((await system.inject('PUT', `/contacts/user_${n}`, contact)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(1_500);
    for (const { status } of await Promise.all(locked)) expect(status).toBe(503);
  });
});
