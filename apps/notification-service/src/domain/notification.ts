import type { NotificationChannel, NotificationType } from '@app/events';

/**
 * `undeliverable`: there is no address to send to. `superseded`: the order was cancelled first, so it is deliberately not
 * sent. `failed`: refused for good, or every attempt failed. `logged`: written to the log instead of being sent, because there
 * is no provider; nobody was told.
 */
export const NOTIFICATION_STATUSES = ['pending', 'sent', 'failed', 'undeliverable', 'superseded', 'logged'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** What has been decided about one message to a customer. */
export interface KnownNotification {
  readonly notificationId: string;
  readonly type: NotificationType;
  readonly channel: NotificationChannel;
  readonly status: NotificationStatus;
  /** 0 for the first delivery, then 1, 2 … for each time somebody asked for it again, and for each further refund. */
  readonly resend: number;
  /** Which of an order's refunds it is about: what was refunded in total, in minor units; null: all of it, or no refund. */
  readonly part: number | null;
  /** 1, 2, 3 … within the order: the order of creation, and so of delivery. */
  readonly position: number;
  /** A worker holds it now: it may be on the wire, so it cannot be taken back any more. */
  readonly beingSent: boolean;
}

/** What is known of one order's notifications. */
export interface KnownOrder {
  readonly cancelled: boolean;
  readonly notifications: readonly KnownNotification[];
}

export const UNKNOWN_ORDER: KnownOrder = Object.freeze({ cancelled: false, notifications: Object.freeze([]) });

const SUPERSEDED_BY_CANCELLATION: Readonly<Record<NotificationType, boolean>> = {
  order_received: true,
  order_paid: true,
  order_confirmed: true,
  payment_failed: false,
  order_cancelled: false,
  payment_refunded: false,
};

/** Whether nobody wants to hear it any more once the order is cancelled; a message about the customer's money always counts. */
export function isSupersededByCancellation(type: NotificationType): boolean {
  return SUPERSEDED_BY_CANCELLATION[type];
}
