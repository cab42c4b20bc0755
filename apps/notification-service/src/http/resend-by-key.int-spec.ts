import { anOrderId } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';
import { listNotifications, recipientsOfMails, settledNotifications } from '../../test/shown-notifications';
import type { NotificationResponse } from './notification.response';

let system: NotificationSystem;
beforeAll(async () => {
  system = await startNotifications();
});
afterAll(() => system.close());

const list = (query: string) => listNotifications(system, query);
const settled = (orderId: string) => settledNotifications(system, orderId);
const recipientsOfMailsAbout = (orderId: string) => recipientsOfMails(system, orderId);

async function oneNotification(orderId: string, userId: string): Promise<NotificationResponse> {
  await system.handle([anEventOf.order_confirmed(orderId, userId)]);
  return (await settled(orderId))[0]!;
}

describe('a resend with an Idempotency-Key', () => {
  const resend = (id: string, key: string) =>
    system.inject('POST', `/notifications/${id}/resend`, undefined, { 'idempotency-key': key });

  it('is one message however often and however fast it is asked for, and always the same answer', async () => {
    const orderId = anOrderId();
    const { notification_id: id } = await oneNotification(orderId, 'keyed');
    const answers = await Promise.all(Array.from({ length: 5 }, () => resend(id, 'click-1')));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(202));
    expect(answers.filter(({ replayed }) => replayed)).toHaveLength(4);
    await settled(orderId);
    const late = await resend(id, 'click-1');
    expect(late).toMatchObject({ status: 202, replayed: true });
    expect(new Set([...answers, late].map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await settled(orderId)).toHaveLength(2);
    expect(recipientsOfMailsAbout(orderId)).toHaveLength(2);
  });

  it('is another message with another key, and none with that of another message', async () => {
    const orderId = anOrderId();
    const { notification_id: id } = await oneNotification(orderId, 'rekeyed');
    await resend(id, 'a');
    await settled(orderId);
    expect(await resend(id, 'b')).toMatchObject({ status: 202, replayed: false, body: { resend_number: 2 } });
    await settled(orderId);
    await system.handle([anEventOf.payment_refunded(orderId, 'rekeyed')]);
    const [refund] = await settled(orderId);
    expect(await resend(refund?.notification_id ?? '', 'a')).toMatchObject({
      status: 422,
      body: { code: 'NOTIFICATION.IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await resend(id, 'x'.repeat(256))).toMatchObject({ status: 400 });
  });

  it('may be tried again with it after a refusal, which is not remembered', async () => {
    const orderId = anOrderId();
    system.mailServer.delayMs = 300;
    await system.handle([anEventOf.order_confirmed(orderId, 'early')]);
    const { notifications } = await list(`order_id=${orderId}`);
    const id = notifications[0]?.notification_id ?? '';
    expect(await resend(id, 'c')).toMatchObject({ status: 409, body: { code: 'NOTIFICATION.STILL_PENDING' } });
    await settled(orderId);
    system.mailServer.delayMs = 0;
    expect(await resend(id, 'c')).toMatchObject({ status: 202, replayed: false });
  });
});
