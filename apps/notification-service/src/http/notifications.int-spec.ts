import { anOrderId } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';
import { listNotifications, recipientsOfMails, settledNotifications } from '../../test/shown-notifications';
import type { NotificationListResponse, NotificationResponse } from './notification.response';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications();
});
afterAll(() => system.close());
beforeEach(() => {
  system.mailServer.onRecipient = () => undefined;
});

const list = (query: string) => listNotifications(system, query);
const settled = (orderId: string) => settledNotifications(system, orderId);
const recipientsOfMailsAbout = (orderId: string) => recipientsOfMails(system, orderId);

describe('GET /notifications', () => {
  it('shows what a user was told, newest first', async () => {
    const orderId = anOrderId();
    await system.handle([anEventOf.order_received(orderId, 'reader'), anEventOf.order_confirmed(orderId, 'reader')]);
    await settled(orderId);
    const { notifications, next_cursor } = await list('user_id=reader');
    expect(next_cursor).toBeNull();
    expect(notifications).toMatchObject([
      {
        order_id: orderId,
        user_id: 'reader',
        notification_type: 'order_confirmed',
        channel: 'email',
        subject: 'Your order is confirmed',
        message: expect.stringContaining('your order for 1,299.99 USD is confirmed'),
        status: 'sent',
        attempts: 1,
        resend_number: 0,
        sent_at: expect.stringMatching(/Z$/),
        created_at: expect.stringMatching(/Z$/),
      },
      { notification_type: 'order_received', message: expect.stringContaining('1 x Gaming Laptop: 1,299.99 USD') },
    ]);
  });

  it('says of a message that is tried again when, and why the last attempt failed; of one that is sent, neither', async () => {
    const [orderId, other] = [anOrderId(), anOrderId()];
    system.mailServer.onRecipient = (to) => (to.startsWith('full@') ? { code: 550, text: 'full' } : undefined);
    await system.handle([anEventOf.order_received(orderId, 'full'), anEventOf.order_received(other, 'reader')]);
    expect(await settled(orderId)).toMatchObject([
      { status: 'failed', next_attempt_at: null, last_error: expect.stringContaining('550') },
    ]);
    await system.query(
      `UPDATE notifications SET status = 'pending', due_at = '2999-01-01Z', last_error = '451 full' WHERE order_id = $1`,
      [orderId],
    );
    expect((await list(`order_id=${orderId}`)).notifications).toMatchObject([
      { status: 'pending', next_attempt_at: '2999-01-01T00:00:00.000Z', last_error: '451 full' },
    ]);
    const [sent] = await settled(other);
    expect(sent).toMatchObject({ status: 'sent', next_attempt_at: null, last_error: null });
  });

  it('can be read page by page, each notification once', async () => {
    await system.handle(Array.from({ length: 7 }, () => anEventOf.order_received(anOrderId(), 'pager')));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: NotificationListResponse = await list(`user_id=pager&limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.notifications.map(({ notification_id }) => notification_id));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(7);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('finds nothing about somebody unknown', async () => {
    expect(await list('user_id=nobody')).toEqual({ notifications: [], next_cursor: null });
  });

  it('finds those of a channel, a status and a type, alone and together', async () => {
    await system.inject('PUT', '/contacts/finder', {
      email: 'f@example.org',
      phone: '+491701234567',
      channels: ['email', 'sms'],
    });
    system.mailServer.onRecipient = (to) =>
      to === 'refused@example.test' ? { code: 550, text: 'no such user' } : undefined;
    const [first, second, third] = [anOrderId(), anOrderId(), anOrderId()];
    await system.handle([anEventOf.order_received(first, 'finder'), anEventOf.order_confirmed(second, 'finder')]);
    await system.handle([anEventOf.order_received(third, 'refused')]);
    for (const orderId of [first, second, third]) await settled(orderId);
    const found = async (query: string) =>
      (await list(query)).notifications.map(({ order_id, channel }) => `${order_id} ${channel}`);
    expect(await found('user_id=finder&channel=sms')).toEqual([`${second} sms`, `${first} sms`]);
    expect(await found('user_id=finder&channel=sms&type=order_received')).toEqual([`${first} sms`]);
    expect(await found('user_id=finder&status=logged&type=order_confirmed')).toEqual([`${second} sms`]);
    expect(await found(`order_id=${first}&status=sent`)).toEqual([`${first} email`]);
    expect(await found('status=failed')).toEqual([`${third} email`]);
    expect(await found('status=failed&channel=sms')).toEqual([]);
    expect(await found(`status=logged&limit=1&user_id=finder`)).toEqual([`${second} sms`]);
  });

  it.each([
    'user_id=',
    'order_id=7',
    'status=lost',
    'channel=fax',
    'type=spam',
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=abc',
    'colour=red',
    'user_id=a%00b',
  ])('refuses ?%s', async (query) => {
    const { status, body } = await system.inject('GET', `/notifications?${query}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { code: expect.stringMatching(/^REQUEST\./) } });
  });
});

describe('/contacts/:user_id', () => {
  const contact = { email: 'ada@example.org', phone: '+491701234567', channels: ['sms', 'email'] };

  it('keeps what it was given, and sends there from then on', async () => {
    expect(await system.inject('GET', '/contacts/ada')).toMatchObject({
      status: 404,
      body: { code: 'CONTACT.NOT_FOUND' },
    });
    expect(await system.inject('PUT', '/contacts/ada', contact)).toMatchObject({
      status: 200,
      body: { user_id: 'ada', ...contact },
    });
    expect(await system.inject('GET', '/contacts/ada')).toMatchObject({ status: 200, body: contact });
    const orderId = anOrderId();
    await system.handle([anEventOf.order_received(orderId, 'ada')]);
    const notifications = await settled(orderId);
    expect(notifications.map(({ channel, status }) => [channel, status])).toEqual([
      ['email', 'sent'],
      ['sms', 'logged'],
    ]);
    expect(recipientsOfMailsAbout(orderId)).toEqual(['ada@example.org']);
    const told = `SELECT payload::json ->> 'channel' AS channel FROM outbox WHERE type = 'notification_sent' AND aggregateid = $1`;
    expect(await system.query(told, [orderId])).toEqual([{ channel: 'email' }]);
  });

  it('replaces what it had', async () => {
    await system.inject('PUT', '/contacts/bob', contact);
    const replaced = await system.inject('PUT', '/contacts/bob', { phone: '+491701234567', channels: ['sms'] });
    expect(replaced).toMatchObject({ status: 200, body: { email: null, channels: ['sms'] } });
  });

  it('takes any printable user id', async () => {
    const userId = '用户 <ada@x> ' + '🦊'.repeat(80);
    const url = `/contacts/${encodeURIComponent(userId)}`;
    expect(await system.inject('PUT', url, contact)).toMatchObject({ status: 200, body: { user_id: userId } });
  });

  it.each([
    ['/phone', { channels: ['sms'] }],
    ['/email', { channels: ['email'] }],
    ['/email', { email: 'ada', channels: ['email'] }],
    ['/email', { email: 'Ada <ada@example.org>', channels: ['email'] }],
    ['/email', { email: 'ada@example.org\r\nBcc: eve@example.org', channels: ['email'] }],
    ['/email', { email: 'ada@example.org,eve@example.org', channels: ['email'] }],
    ['/email', { email: '"a b"@example.org', channels: ['email'] }],
    ['/email', { email: null, channels: ['sms'], phone: '+491701234567' }],
    ['/phone', { phone: '01701234567', channels: ['sms'] }],
    ['/phone', { phone: '+12345678901234567', channels: ['sms'] }],
    ['/channels', { email: 'ada@example.org', channels: [] }],
    ['/channels', { email: 'ada@example.org', channels: ['email', 'email'] }],
    ['/channels', { email: 'ada@example.org', channels: ['fax'] }],
    ['/channels', { email: 'ada@example.org' }],
    ['/name', { ...contact, name: 'Ada' }],
  ])('refuses what is wrong at %s: %j', async (pointer, payload) => {
    const { status, body } = await system.inject('PUT', '/contacts/eve', payload);
    const problem: { errors: { pointer: string }[] } = body;
    expect(status).toBe(400);
    expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
  });
});

describe('POST /notifications/:id/resend', () => {
  async function oneNotification(orderId: string, userId: string): Promise<NotificationResponse> {
    await system.handle([anEventOf.order_confirmed(orderId, userId)]);
    return (await settled(orderId))[0]!;
  }

  it('delivers the message once more, where the user is reached now', async () => {
    const orderId = anOrderId();
    const original = await oneNotification(orderId, 'mover');
    await system.inject('PUT', '/contacts/mover', { email: 'new@example.org', channels: ['email'] });
    const { status, body } = await system.inject('POST', `/notifications/${original.notification_id}/resend`);
    const { notification_id: _id, created_at: _at, ...same } = original;
    expect(status).toBe(202);
    expect(body).toMatchObject({ ...same, status: 'pending', attempts: 0, sent_at: null, resend_number: 1 });
    expect(await settled(orderId)).toMatchObject([{ resend_number: 1, status: 'sent' }, { resend_number: 0 }]);
    expect(recipientsOfMailsAbout(orderId)).toEqual(['mover@example.test', 'new@example.org']);
  });

  it('makes one delivery of many clicks at once', async () => {
    const orderId = anOrderId();
    const { notification_id } = await oneNotification(orderId, 'clicker');
    system.mailServer.delayMs = 300;
    const clicks = Array.from({ length: 5 }, () => system.inject('POST', `/notifications/${notification_id}/resend`));
    const statuses = (await Promise.all(clicks)).map(({ status }) => status).sort();
    system.mailServer.delayMs = 0;
    expect(statuses).toEqual([202, 409, 409, 409, 409]);
  });

  it('refuses good news of an order that was cancelled since', async () => {
    const orderId = anOrderId();
    const { notification_id } = await oneNotification(orderId, 'unlucky');
    await system.handle([anEventOf.order_cancelled(orderId, 'unlucky')]);
    expect(await system.inject('POST', `/notifications/${notification_id}/resend`)).toMatchObject({
      status: 409,
      body: { code: 'NOTIFICATION.ORDER_CANCELLED' },
    });
  });

  it('knows no notification that does not exist', async () => {
    expect(await system.inject('POST', `/notifications/${anOrderId()}/resend`)).toMatchObject({ status: 404 });
    expect(await system.inject('POST', '/notifications/7/resend')).toMatchObject({ status: 400 });
  });
});
