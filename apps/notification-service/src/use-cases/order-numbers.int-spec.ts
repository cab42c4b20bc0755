import { anOrderId, eventually } from '@app/testing';
import { anEventOf, startNotifications, type AnyEvent, type NotificationSystem } from '../../test/notification-system';

const NUMBER = '7F3K-29QX';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications();
});
afterAll(() => system.close());

/** As the order service tells it since orders have numbers. */
const numbered = (event: AnyEvent): AnyEvent =>
  ({ ...event, payload: { ...event.payload, order_number: NUMBER } }) as AnyEvent;

/** What a customer was told, oldest first, when all of it has been sent. */
async function subjects(orderId: string): Promise<string[]> {
  return eventually(async () => {
    const { body } = await system.inject('GET', `/notifications?order_id=${orderId}`);
    const { notifications }: { notifications: { subject: string; status: string; notification_id: string }[] } = body;
    expect(new Set(notifications.map(({ status }) => status))).toEqual(new Set(['sent']));
    return notifications.map(({ subject }) => subject).toReversed();
  });
}

describe('the number of an order', () => {
  it('is in the subject of every mail once an event of the order has told it, also of a mail about a payment', async () => {
    const orderId = anOrderId();
    await system.handle([numbered(anEventOf.order_received(orderId))]);
    await system.handle([anEventOf.order_paid(orderId)]);
    await system.handle([numbered(anEventOf.order_confirmed(orderId))]);
    expect(await subjects(orderId)).toEqual([
      `We received your order ${NUMBER}`,
      `Your payment for order ${NUMBER} is approved`,
      `Your order ${NUMBER} is confirmed`,
    ]);
    const mails = system.mailServer.mails.filter(({ source }) => source.includes(orderId));
    expect(mails.map(({ subject }) => subject)).toEqual(await subjects(orderId));
  });

  it('counts for all events of one batch, whichever of them tells the number', async () => {
    const orderId = anOrderId();
    await system.handle([anEventOf.order_paid(orderId), numbered(anEventOf.order_confirmed(orderId))]);
    expect(await subjects(orderId)).toEqual([
      `Your payment for order ${NUMBER} is approved`,
      `Your order ${NUMBER} is confirmed`,
    ]);
  });

  it('is missing in mails about an order that nobody has given one', async () => {
    const orderId = anOrderId();
    await system.handle([anEventOf.payment_failed(orderId), anEventOf.order_cancelled(orderId)]);
    expect(await subjects(orderId)).toEqual(['Your payment for your order was declined', 'Your order was cancelled']);
  });

  it('is in a mail that is sent again after it has become known', async () => {
    const orderId = anOrderId();
    await system.handle([anEventOf.order_paid(orderId)]);
    expect(await subjects(orderId)).toEqual(['Your payment for your order is approved']);
    await system.handle([numbered(anEventOf.order_confirmed(orderId))]);
    await subjects(orderId);
    const [row] = await system.query<{ id: string }>(
      `SELECT notification_id AS id FROM notifications WHERE order_id = $1 AND notification_type = 'order_paid'`,
      [orderId],
    );
    const { status, body } = await system.inject('POST', `/notifications/${row?.id ?? ''}/resend`);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { subject: `Your payment for order ${NUMBER} is approved` },
    });
  });

  it('cannot be another one later: nobody is told anything then', async () => {
    const orderId = anOrderId();
    await system.handle([numbered(anEventOf.order_received(orderId))]);
    const forged = { ...anEventOf.order_confirmed(orderId) };
    const payload = { ...forged.payload, order_number: '7F3K-29QY' };
    await expect(system.handle([{ ...forged, payload }])).rejects.toThrow('it has another number.');
    expect(await subjects(orderId)).toHaveLength(1);
  });
});
