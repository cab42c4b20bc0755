import { eventually } from '@app/testing';
import type { NotificationListResponse, NotificationResponse } from '../src/http/notification.response';
import type { NotificationSystem } from './notification-system';

/** What `GET /notifications` answers. */
export async function listNotifications(system: NotificationSystem, query: string): Promise<NotificationListResponse> {
  const { status, body } = await system.inject('GET', `/notifications?${query}`);
  expect(status).toBe(200);
  return body;
}

/** The notifications of an order, once there are some and none is pending. */
export async function settledNotifications(
  system: NotificationSystem,
  orderId: string,
): Promise<readonly NotificationResponse[]> {
  return eventually(async () => {
    const { notifications } = await listNotifications(system, `order_id=${orderId}`);
    expect(notifications.length).toBeGreaterThan(0);
    expect(notifications.filter(({ status }) => status === 'pending')).toEqual([]);
    return notifications;
  });
}

export function recipientsOfMails({ mailServer }: NotificationSystem, orderId: string): string[] {
  return mailServer.mails.filter(({ source }) => source.includes(orderId)).map(({ to }) => to);
}
