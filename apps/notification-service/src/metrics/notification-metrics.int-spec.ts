import { Metrics } from '@app/platform';
import { anOrderId, eventually, Scrape } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications();
});
afterAll(() => system.close());

async function scrape(): Promise<Scrape> {
  return new Scrape(await system.replicas[0]!.get(Metrics).text());
}

const mails = (found: Scrape, outcome: string): number | undefined =>
  found.value('notifications_total', { channel: 'email', outcome });

describe('notifications', () => {
  it('are counted by channel and by what became of them', async () => {
    expect(mails(await scrape(), 'sent')).toBe(0);
    await system.handle([anEventOf.order_received(anOrderId()), anEventOf.order_received(anOrderId())]);
    await eventually(async () => expect(mails(await scrape(), 'sent')).toBe(2));
    expect(mails(await scrape(), 'failed')).toBe(0);
  });

  it('that wait during an outage of the mail server are shown as due, with the age of the oldest', async () => {
    const kind = 'notifications';
    expect((await scrape()).value('due_work_oldest_seconds', { kind })).toBe(0);
    await system.mailServer.stop();
    const orders = Array.from({ length: 30 }, () => anOrderId());
    await system.handle(orders.map((orderId) => anEventOf.order_received(orderId)));
    await eventually(async () => {
      const found = await scrape();
      expect(found.value('circuit_breaker_state', { name: 'smtp' })).toBeGreaterThan(0);
      expect(found.value('due_work', { kind })).toBeGreaterThan(10);
      expect(found.value('due_work_oldest_seconds', { kind })).toBeGreaterThan(1);
    });
    // Superseded before they were sent by the cancellation.
    await system.handle(orders.slice(0, 5).map((orderId) => anEventOf.order_cancelled(orderId)));
    await eventually(async () => expect(mails(await scrape(), 'superseded')).toBeGreaterThanOrEqual(4));
    await system.mailServer.start();
    await eventually(
      async () => {
        const found = await scrape();
        expect(found.value('due_work', { kind })).toBe(0);
        expect((mails(found, 'sent') ?? 0) + (mails(found, 'superseded') ?? 0)).toBe(2 + 30 + 5);
        expect(found.value('circuit_breaker_state', { name: 'smtp' })).toBe(0);
      },
      { timeoutMs: 45_000 },
    );
  });
});
