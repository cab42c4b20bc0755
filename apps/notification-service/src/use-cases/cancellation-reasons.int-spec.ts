import { anOrderId, eventually } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications();
});
afterAll(() => system.close());

/** What the mail about the cancellation says of each product that was short. */
async function shortIn(orderId: string): Promise<string[]> {
  return eventually(async () => {
    const { body } = await system.inject('GET', `/notifications?order_id=${orderId}&type=order_cancelled&status=sent`);
    const { notifications }: { notifications: { message: string }[] } = body;
    expect(notifications).toHaveLength(1);
    return notifications[0]!.message.split('\n').filter((line) => line.startsWith('- '));
  });
}

const NAMED = ['- Gaming Laptop: 2 of 5 are available.', '- GHOST001: We do not sell this product.'];

describe('a customer whose order was cancelled for want of stock', () => {
  it('reads the names of the products as they were ordered', async () => {
    const orderId = anOrderId();
    await system.handle([anEventOf.order_received(orderId)]);
    await system.handle([anEventOf.out_of_stock(orderId)]);
    expect(await shortIn(orderId)).toEqual(NAMED);
    const [mail] = system.mailServer.mails.filter(({ source }) => source.includes(orderId)).slice(-1);
    expect(mail?.source).toContain('2 of 5 are available.');
  });

  it('reads them, too, when both come in one batch, for each order its own', async () => {
    const [first, second] = [anOrderId(), anOrderId()];
    const cheap = anEventOf.order_received(second);
    const items = cheap.payload.items.map((item) => ({ ...item, product_name: 'Laptop for Games' }));
    await system.handle([
      anEventOf.order_received(first),
      { ...cheap, payload: { ...cheap.payload, items } },
      anEventOf.out_of_stock(first),
      anEventOf.out_of_stock(second),
    ]);
    expect(await shortIn(first)).toEqual(NAMED);
    expect(await shortIn(second)).toEqual(['- Laptop for Games: 2 of 5 are available.', NAMED[1]]);
  });

  it('reads their ids when the cancellation comes before the order', async () => {
    const orderId = anOrderId();
    await system.handle([anEventOf.out_of_stock(orderId)]);
    expect(await shortIn(orderId)).toEqual(['- LAPTOP001: 2 of 5 are available.', NAMED[1]]);
  });
});
