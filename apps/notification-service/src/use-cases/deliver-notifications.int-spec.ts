import { NOTIFICATION_TYPES, type NotificationType } from '@app/events';
import { anOrderId, eventually } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';

const GOOD_NEWS: readonly NotificationType[] = ['order_received', 'order_paid', 'order_confirmed'];

async function count(system: NotificationSystem, status: string): Promise<number> {
  const rows = await system.query<{ n: number }>('SELECT count(*)::int AS n FROM notifications WHERE status = $1', [
    status,
  ]);
  return rows[0]?.n ?? NaN;
}

async function nothingPending(system: NotificationSystem): Promise<void> {
  await eventually(async () => expect(await count(system, 'pending')).toBe(0), { timeoutMs: 45_000 });
}

describe('an outage of the mail server', () => {
  let system: NotificationSystem;
  beforeAll(async () => {
    system = await startNotifications();
  });
  afterAll(() => system.close());

  it('costs no message an attempt, keeps no event from being handled, and ends by itself', async () => {
    await system.mailServer.stop();
    const orders = Array.from({ length: 100 }, () => anOrderId());
    await system.handle(orders.map((orderId) => anEventOf.order_received(orderId)));
    await eventually(async () => {
      const { body } = await system.inject('GET', '/health');
      expect(body).toMatchObject({ status: 'degraded', dependencies: { smtp: { status: 'down' } } });
    });
    await system.handle(orders.map((orderId) => anEventOf.order_paid(orderId)));
    await system.handle(orders.slice(0, 10).map((orderId) => anEventOf.order_cancelled(orderId)));
    // One of them may just have been a probe.
    await eventually(async () => expect(await count(system, 'superseded')).toBe(20));
    await system.mailServer.start();
    await nothingPending(system);
    expect(await count(system, 'sent')).toBe(90 * 2 + 10);
    const attempts = await system.query('SELECT DISTINCT attempts FROM notifications WHERE status = $1', ['sent']);
    expect(attempts).toEqual([{ attempts: 1 }]);
    expect(new Set(system.mailServer.mails.map(({ messageId }) => messageId)).size).toBe(190);
    const { body } = await system.inject('GET', '/health');
    expect(body).toMatchObject({ dependencies: { smtp: { status: 'up' } } });
  });
});

describe('messages nobody has taken for too long', () => {
  it('are given up', async () => {
    const system = await startNotifications({ DELIVERY_MAX_AGE_MS: '300' });
    await system.mailServer.stop();
    const orderId = anOrderId();
    await system.handle([anEventOf.order_received(orderId), anEventOf.order_paid(orderId)]);
    await nothingPending(system);
    const rows = await system.query('SELECT status, attempts FROM notifications');
    const announced = await system.query(`SELECT type, payload::jsonb ->> 'reason' AS reason FROM outbox`);
    await system.close();
    expect(rows).toEqual([
      { status: 'failed', attempts: 0 },
      { status: 'failed', attempts: 0 },
    ]);
    expect(announced).toEqual([
      { type: 'notification_failed', reason: 'exhausted' },
      { type: 'notification_failed', reason: 'exhausted' },
    ]);
  });
});

describe('a customer nobody can write to', () => {
  it('is recorded and announced as undeliverable at once', async () => {
    const system = await startNotifications({ NODE_ENV: 'production', SMS_ALLOW_CONSOLE: 'true' });
    await system.handle([anEventOf.order_received(anOrderId())]);
    const rows = await system.query('SELECT status, recipient FROM notifications');
    const announced = await system.query(`SELECT type, payload::jsonb ->> 'reason' AS reason FROM outbox`);
    await system.close();
    expect(rows).toEqual([{ status: 'undeliverable', recipient: null }]);
    expect(announced).toEqual([{ type: 'notification_failed', reason: 'undeliverable' }]);
  });
});

describe('a storm of repeated and disordered events on two replicas and a moody mail server', () => {
  it('leaves every customer with each message once, and none with good news after the cancellation', async () => {
    const system = await startNotifications({ DELIVERY_MAX_ATTEMPTS: '20', DELIVERY_RETRY_BASE_MS: '1' }, 2);
    system.mailServer.onRecipient = () => (Math.random() < 0.1 ? { code: 451, text: 'not now' } : undefined);
    const orders = Array.from({ length: 60 }, () => anOrderId());
    const events = orders.flatMap((orderId, index) =>
      NOTIFICATION_TYPES.filter((type) => index % 2 === 0 || GOOD_NEWS.includes(type)).flatMap((type) => {
        const event = anEventOf[type](orderId);
        return [event, event, anEventOf[type](orderId)];
      }),
    );
    const shuffled = events.map((event) => [Math.random(), event] as const).sort(([a], [b]) => a - b);
    const batches = Array.from({ length: 24 }, (_, index) =>
      shuffled.filter((__, n) => n % 24 === index).map(([, event]) => event),
    );
    const half = (replica: number) =>
      batches
        .filter((_, index) => index % 2 === replica)
        .reduce((before, batch) => before.then(() => system.handle(batch, replica)), Promise.resolve());
    await Promise.all([half(0), half(1)]);
    await nothingPending(system);
    const rows = await system.query<{ order_id: string; notification_id: string; notification_type: NotificationType }>(
      'SELECT order_id, notification_id, notification_type FROM notifications',
    );
    const arrived = system.mailServer.mails.map(({ messageId }) =>
      rows.find((row) => messageId.includes(row.notification_id))!,
    );
    const deadlocks = await system.query(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    await system.close();
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(rows).toHaveLength(30 * 6 + 30 * 3);
    for (const orderId of orders) {
      const types = arrived.filter((row) => row.order_id === orderId).map((row) => row.notification_type);
      const cancelled = types.indexOf('order_cancelled');
      const after = cancelled < 0 ? [] : types.slice(cancelled + 1);
      expect(after.filter((type) => GOOD_NEWS.includes(type))).toEqual([]);
    }
    expect(deadlocks).toEqual([{ deadlocks: 0 }]);
  });
});
