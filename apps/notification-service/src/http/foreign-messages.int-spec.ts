import { anOrderId, TestIssuer } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';
import type { NotificationListResponse } from './notification.response';

let issuer: TestIssuer;
let system: NotificationSystem;
beforeAll(async () => {
  issuer = await TestIssuer.create();
  system = await startNotifications(issuer.env);
});
afterAll(async () => {
  await system.close();
  await issuer.remove();
});

const CONTACT = { email: 'alice@example.test', channels: ['email'] };

it('where somebody else is told can be neither read nor changed', async () => {
  const [alice, mallory] = [await issuer.as('alice', 'customer'), await issuer.as('mallory', 'customer')];
  const evil = { ...CONTACT, email: 'mallory@example.test' };
  expect((await system.inject('PUT', '/contacts/alice', CONTACT, alice)).status).toBe(200);
  for (const user of ['alice', 'nobody']) {
    const answers = [
      await system.inject('GET', `/contacts/${user}`, undefined, mallory),
      await system.inject('PUT', `/contacts/${user}`, evil, mallory),
    ];
    expect(answers).toMatchObject([
      { status: 404, body: { code: 'CONTACT.NOT_FOUND' } },
      { status: 404, body: { code: 'CONTACT.NOT_FOUND' } },
    ]);
  }
  const sue = await issuer.as('sue', 'support');
  expect((await system.inject('GET', '/contacts/alice', undefined, sue)).body).toMatchObject({ email: CONTACT.email });
  expect((await system.inject('PUT', '/contacts/alice', evil, sue)).status).toBe(403);
  expect((await system.inject('PUT', '/contacts/alice', evil)).status).toBe(401);
});

it('what somebody else was told can be neither read nor sent again', async () => {
  const [alice, mallory] = [await issuer.as('alice', 'customer'), await issuer.as('mallory', 'customer')];
  const orderId = anOrderId();
  await system.handle([anEventOf.order_received(orderId, 'alice')]);
  const list = async (query: string, headers: Record<string, string>) =>
    (await system.inject('GET', `/notifications${query}`, undefined, headers)).body as NotificationListResponse;
  const [message] = (await list(`?order_id=${orderId}`, alice)).notifications;
  expect(message).toMatchObject({ user_id: 'alice' });
  expect((await list(`?order_id=${orderId}`, mallory)).notifications).toEqual([]);
  expect((await list('', mallory)).notifications).toEqual([]);
  expect(await list('?user_id=alice', mallory)).toMatchObject({ status: 403 });
  for (const headers of [alice, mallory]) {
    const { status } = await system.inject(
      'POST',
      `/notifications/${message?.notification_id}/resend`,
      undefined,
      headers,
    );
    expect(status).toBe(403);
  }
});
