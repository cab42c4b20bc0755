import type { NotificationType } from '@app/events';
import { anOrderId, eventually } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications({}, 2);
});
afterAll(() => system.close());
beforeEach(() => {
  system.mailServer.onRecipient = () => undefined;
  system.mailServer.delayMs = 0;
});

const all = (orderId: string, ...types: NotificationType[]) => types.map((type) => anEventOf[type](orderId));

/** What the customer got, in order of arrival, by the Message-IDs. */
async function mailsAbout(orderId: string): Promise<string[]> {
  const rows = await system.query<{ notification_id: string; notification_type: string }>(
    'SELECT notification_id, notification_type FROM notifications WHERE order_id = $1',
    [orderId],
  );
  return system.mailServer.mails.flatMap(({ messageId }) =>
    rows.filter((row) => messageId.includes(row.notification_id)).map((row) => row.notification_type),
  );
}

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

async function announcedAbout(orderId: string) {
  const sql = `SELECT type, payload::jsonb ->> 'notification_type' AS about, headers::jsonb ->> 'ce_causationid' AS cause,
               payload::jsonb ->> 'reason' AS reason FROM outbox WHERE aggregateid = $1 ORDER BY position`;
  return system.query<{ type: string; about: string; cause: string; reason: string | null }>(sql, [orderId]);
}

describe('an order that goes well', () => {
  it('is accompanied by three mails in their order, each announced with what caused it', async () => {
    const orderId = anOrderId();
    const events = all(orderId, 'order_received', 'order_paid', 'order_confirmed');
    await system.handle(events);
    expect(await outcomesOf(orderId)).toEqual({ order_received: 'sent', order_paid: 'sent', order_confirmed: 'sent' });
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_paid', 'order_confirmed']);
    expect(await announcedAbout(orderId)).toEqual(
      ['order_received', 'order_paid', 'order_confirmed'].map((about, index) => ({
        type: 'notification_sent',
        about,
        cause: events[index]?.id,
        reason: null,
      })),
    );
  });

  it('is told of once, however many replicas hear of it at the same moment and again', async () => {
    const orderId = anOrderId();
    const again = () => all(orderId, 'order_received', 'order_paid', 'order_confirmed');
    await Promise.all([0, 1, 0, 1].map((replica) => system.handle(again(), replica)));
    await system.handle(again());
    await outcomesOf(orderId);
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_paid', 'order_confirmed']);
  });

  it('has its mails leased by the replica that decided all of them, and sent one after the other', async () => {
    const orderId = anOrderId();
    system.mailServer.delayMs = 150;
    for (const type of ['order_received', 'order_paid', 'order_confirmed'] as const) {
      await system.handle(all(orderId, type));
    }
    const held = await system.query<{ held_by: string }>(
      `SELECT held_by FROM notifications WHERE order_id = $1 AND status = 'pending'`,
      [orderId],
    );
    expect(held.length).toBeGreaterThan(1);
    expect(new Set(held.map((row) => row.held_by))).toEqual(new Set(['worker']));
    await outcomesOf(orderId);
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_paid', 'order_confirmed']);
  });

  it('keeps its order when each mail is decided by another replica while the one before is on its way', async () => {
    const orderId = anOrderId();
    system.mailServer.delayMs = 150;
    await system.handle(all(orderId, 'order_received'), 0);
    await system.handle(all(orderId, 'order_paid'), 1);
    await system.handle(all(orderId, 'order_confirmed'), 0);
    await outcomesOf(orderId);
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_paid', 'order_confirmed']);
  });
});

describe('an order that is cancelled', () => {
  it('gets no good news that comes late', async () => {
    const orderId = anOrderId();
    await system.handle(all(orderId, 'payment_refunded'));
    await system.handle(all(orderId, 'order_cancelled'));
    await system.handle(all(orderId, 'order_received', 'order_paid', 'order_confirmed', 'payment_failed'), 1);
    expect(await outcomesOf(orderId)).toEqual({
      payment_refunded: 'sent',
      order_cancelled: 'sent',
      order_received: 'superseded',
      order_paid: 'superseded',
      order_confirmed: 'superseded',
      payment_failed: 'sent',
    });
    expect(await mailsAbout(orderId)).toEqual(['payment_refunded', 'order_cancelled', 'payment_failed']);
  });

  it('gets no good news that came with the cancellation', async () => {
    const orderId = anOrderId();
    await system.handle(all(orderId, 'order_received', 'order_paid', 'order_cancelled'));
    await outcomesOf(orderId);
    expect(await mailsAbout(orderId)).toEqual(['order_cancelled']);
  });

  it('hears of it after what was on its way, and not of what waited', async () => {
    const orderId = anOrderId();
    system.mailServer.delayMs = 200;
    await system.handle(all(orderId, 'order_received'));
    await system.handle(all(orderId, 'order_paid', 'order_confirmed'), 1);
    await system.handle(all(orderId, 'order_cancelled'), 1);
    expect(await outcomesOf(orderId)).toEqual({
      order_received: 'sent',
      order_paid: 'superseded',
      order_confirmed: 'superseded',
      order_cancelled: 'sent',
    });
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_cancelled']);
  });
});

describe('an order whose first mail is refused for now', () => {
  it('hears of it before what is decided later, whoever has that in hand', async () => {
    const orderId = anOrderId();
    let refusals = 1;
    system.mailServer.delayMs = 100;
    system.mailServer.onRecipient = () => (refusals-- > 0 ? { code: 451, text: 'greylisted' } : undefined);
    await system.handle(all(orderId, 'order_received'));
    await system.handle(all(orderId, 'order_paid'));
    await system.handle(all(orderId, 'order_confirmed'), 1);
    await outcomesOf(orderId);
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_paid', 'order_confirmed']);
  });
});

describe('a mail the server does not want', () => {
  it('now, is tried again, and what comes after it waits', async () => {
    const orderId = anOrderId();
    let refusals = 2;
    system.mailServer.onRecipient = () => (refusals-- > 0 ? { code: 451, text: 'greylisted' } : undefined);
    await system.handle(all(orderId, 'order_received', 'order_paid'));
    await outcomesOf(orderId);
    expect(await mailsAbout(orderId)).toEqual(['order_received', 'order_paid']);
    const rows = await system.query(
      'SELECT attempts, position FROM notifications WHERE order_id = $1 ORDER BY position',
      [orderId],
    );
    expect(rows).toEqual([
      { attempts: 3, position: 1 },
      { attempts: 1, position: 2 },
    ]);
  });

  it.each([
    [451, 'exhausted', 3],
    [550, 'rejected', 1],
  ])(
    'with %d to the end, has failed as %s after %d attempts, and its address is nowhere to be read',
    async (code, reason, attempts) => {
      const orderId = anOrderId();
      system.mailServer.onRecipient = (address) => ({ code, text: `<${address}> no` });
      await system.handle(all(orderId, 'order_received'));
      expect(await outcomesOf(orderId)).toEqual({ order_received: 'failed' });
      expect(await announcedAbout(orderId)).toMatchObject([{ type: 'notification_failed', reason }]);
      const [row] = await system.query<{ attempts: number; last_error: string }>(
        'SELECT attempts, last_error FROM notifications WHERE order_id = $1',
        [orderId],
      );
      expect(row?.attempts).toBe(attempts);
      expect(row?.last_error).toContain(String(code));
      expect(row?.last_error).not.toContain('user_123@');
    },
  );

  it('does not stand in the way of the next one', async () => {
    const orderId = anOrderId();
    let refused = false;
    system.mailServer.onRecipient = () => {
      if (refused) return undefined;
      refused = true;
      return { code: 550, text: 'no' };
    };
    await system.handle(all(orderId, 'order_received', 'order_paid'));
    expect(await outcomesOf(orderId)).toEqual({ order_received: 'failed', order_paid: 'sent' });
  });
});

describe('a mail whose worker has died', () => {
  it('is taken up by another one when the lease is over', async () => {
    const orderId = anOrderId();
    system.mailServer.onRecipient = () => ({ code: 451, text: 'later' });
    await system.query(
      `INSERT INTO notifications (notification_id, order_id, created_at, due_at, position, user_id, notification_type,
         channel, status, held_by, recipient, facts, correlation_id)
       SELECT gen_random_uuid(), $1, now(), now() + i * interval '300 ms', i, 'user_123', t, 'email', 'pending', h,
         'user_123@example.test', '{"currency":"USD","amount":1}', 'c'
       FROM (VALUES (1, 'order_paid', 'worker'), (2, 'order_confirmed', 'predecessor')) AS n (i, t, h)`,
      [orderId],
    );
    system.mailServer.onRecipient = () => undefined;
    expect(await outcomesOf(orderId)).toEqual({ order_paid: 'sent', order_confirmed: 'sent' });
    expect(await mailsAbout(orderId)).toEqual(['order_paid', 'order_confirmed']);
  });
});

describe('an order whose money goes back in parts', () => {
  it('tells its customer of each part once, and of the rest when it is cancelled', async () => {
    const orderId = anOrderId();
    const part = (given: number, total: number) => anEventOf.partly_refunded(orderId, 'user_123', given, total);
    await system.handle(all(orderId, 'order_received', 'order_paid', 'order_confirmed'));
    await system.handle([part(4, 4)]);
    await system.handle([part(2.5, 6.5), part(4, 4), part(0, 6.5)]);
    await system.handle([...all(orderId, 'order_cancelled', 'payment_refunded'), part(2.5, 6.5)]);
    await eventually(async () =>
      expect((await mailsAbout(orderId)).filter((type) => type === 'payment_refunded')).toHaveLength(3),
    );
    await outcomesOf(orderId);
    const { body } = await system.inject('GET', `/notifications?order_id=${orderId}`);
    const { notifications } = body as { notifications: { notification_type: string; message: string }[] };
    const refunds = notifications.filter(({ notification_type }) => notification_type === 'payment_refunded');
    expect(refunds.map(({ message }) => /[\d,.]+ USD/.exec(message)?.[0]).toSorted()).toEqual([
      '1,299.99 USD',
      '2.50 USD',
      '4.00 USD',
    ]);
  });
});
