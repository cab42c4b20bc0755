import { anOrderId, eventually } from '@app/testing';
import { anEventOf, startNotifications, type AnyEvent, type NotificationSystem } from '../../test/notification-system';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications({}, 2);
});
afterAll(() => system.close());

/** Waits until nothing about the order is pending, and tells what became of each notification. */
async function outcomesOf(orderId: string): Promise<Record<string, string>> {
  return eventually(async () => {
    const rows = await system.query<{ notification_type: string; status: string }>(
      'SELECT notification_type, status FROM notifications WHERE order_id = $1 ORDER BY position',
      [orderId],
    );
    expect(rows.filter(({ status }) => status === 'pending')).toEqual([]);
    return Object.fromEntries(rows.map((row) => [row.notification_type, row.status]));
  });
}

describe('an event that contradicts what is known of an order', () => {
  const forged = (event: AnyEvent, wrong: object) =>
    ({ ...event, payload: { ...event.payload, ...wrong } }) as AnyEvent;

  it.each([
    ['customer', 'order_cancelled', { user_id: 'mallory' }],
    ['currency', 'payment_failed', { currency: 'INR' }],
    ['amount', 'order_confirmed', { total_amount: 0.01 }],
    ['amount', 'payment_refunded', { amount: 13 }],
    ['amount', 'partly_refunded', { refunded_amount: 1300 }],
  ] as const)('by another %s tells nobody anything: %s', async (what, type, wrong) => {
    const orderId = anOrderId();
    await system.handle([anEventOf.order_received(orderId)]);
    await expect(system.handle([forged(anEventOf[type](orderId), wrong)], 1)).rejects.toThrow(
      `it has another ${what}.`,
    );
    // In one batch it is no different, and leaves no trace of an order nobody knew.
    const fresh = anOrderId();
    const both = [anEventOf.order_received(fresh), forged(anEventOf[type](fresh), wrong)];
    await expect(system.handle(both)).rejects.toThrow(`it has another ${what}.`);
    expect(await outcomesOf(fresh)).toEqual({});
    expect(await outcomesOf(orderId)).toEqual({ order_received: 'sent' });
    await system.handle([anEventOf.order_confirmed(orderId)]);
    expect(await outcomesOf(orderId)).toEqual({ order_received: 'sent', order_confirmed: 'sent' });
  });

  it('is not looked for where nothing is known yet', async () => {
    const orderId = anOrderId();
    await system.query('INSERT INTO order_notifications (order_id, cancelled) VALUES ($1, false)', [orderId]);
    await system.handle([anEventOf.partly_refunded(orderId), anEventOf.order_confirmed(orderId)]);
    await expect(system.handle([forged(anEventOf.order_received(orderId), { total_amount: 1 })])).rejects.toThrow(
      'amount',
    );
    expect(
      await system.query('SELECT user_id, currency, total FROM order_notifications WHERE order_id = $1', [orderId]),
    ).toEqual([{ user_id: 'user_123', currency: 'USD', total: '1299.99' }]);
  });
});
