import type { NotificationChannel, NotificationType } from '@app/events';
import { isSupersededByCancellation, type KnownNotification, type KnownOrder } from './notification';
import type { Recipient } from './recipients';

/** A notification that is to be recorded. */
export interface PlannedNotification {
  readonly notificationId: string;
  readonly type: NotificationType;
  readonly channel: NotificationChannel;
  readonly address: string | undefined;
  readonly status: 'pending' | 'undeliverable' | 'superseded';
  readonly resend: number;
  readonly part: number | null;
  readonly position: number;
  /** An earlier one of the same order and channel is not through yet: this one has to wait for it. */
  readonly waitsForPredecessor: boolean;
  /** The last of those, when it is known which one that is. */
  readonly predecessorId: string | undefined;
}

export interface NotificationPlan {
  readonly create: readonly PlannedNotification[];
  /** Ids of pending notifications which are not to be sent any more. */
  readonly supersede: readonly string[];
}

/**
 * What to tell a customer because of one event. There is one notification per order, type and channel, and one for each part
 * of the money that goes back, whatever is repeated; a cancellation takes back good news that is not on its way yet, and good news that comes after it is recorded,
 * but not sent. So no order of arrival lets a confirmation follow a cancellation.
 */
export function planNotifications(
  order: KnownOrder,
  type: NotificationType,
  recipients: readonly Recipient[],
  newId: () => string,
  part: number | null = null,
): NotificationPlan {
  const supersede = type === 'order_cancelled' ? order.notifications.filter(canBeTakenBack) : [];
  const remaining = order.notifications.filter((known) => !supersede.includes(known));
  const missing = recipients.filter(({ channel }) => !order.notifications.some(isAbout(type, channel, part)));
  const tooLate = order.cancelled && isSupersededByCancellation(type);
  const create = missing.map((recipient, index): PlannedNotification => {
    const status = tooLate ? 'superseded' : recipient.address === undefined ? 'undeliverable' : 'pending';
    return {
      notificationId: newId(),
      type,
      ...recipient,
      status,
      resend: nextResend(order, type, recipient.channel),
      part,
      position: nextPosition(order) + index,
      ...predecessor(status === 'pending' ? lastPending(remaining, recipient.channel) : undefined),
    };
  });
  return { create, supersede: supersede.map(({ notificationId }) => notificationId) };
}

/** What is known of the order once a plan has been carried out. */
export function afterPlan(order: KnownOrder, type: NotificationType, plan: NotificationPlan): KnownOrder {
  const existing = order.notifications.map((known) =>
    plan.supersede.includes(known.notificationId) ? { ...known, status: 'superseded' as const } : known,
  );
  const created = plan.create.map(({ notificationId, type: created, channel, status, resend, part, position }) => ({
    notificationId,
    type: created,
    channel,
    status,
    resend,
    part,
    position,
    beingSent: false,
  }));
  return { cancelled: order.cancelled || type === 'order_cancelled', notifications: [...existing, ...created] };
}

/** What on this channel is to be delivered last of all that is not through yet. */
export function lastPending(
  notifications: readonly KnownNotification[],
  channel: NotificationChannel,
): KnownNotification | undefined {
  return notifications
    .filter((known) => known.channel === channel && known.status === 'pending')
    .reduce<KnownNotification | undefined>(
      (last, known) => (last === undefined || known.position > last.position ? known : last),
      undefined,
    );
}

/** How a notification says what it has to wait for. */
export function predecessor(
  known: KnownNotification | undefined,
): Pick<PlannedNotification, 'waitsForPredecessor' | 'predecessorId'> {
  return { waitsForPredecessor: known !== undefined, predecessorId: known?.notificationId };
}

export function nextPosition(order: KnownOrder): number {
  return order.notifications.reduce((highest, { position }) => Math.max(highest, position), 0) + 1;
}

/** The first free number among the messages of this kind. */
export function nextResend(order: KnownOrder, type: NotificationType, channel: NotificationChannel): number {
  return order.notifications
    .filter((known) => known.type === type && known.channel === channel)
    .reduce((next, { resend }) => Math.max(next, resend + 1), 0);
}

function canBeTakenBack(known: KnownNotification): boolean {
  return known.status === 'pending' && !known.beingSent && isSupersededByCancellation(known.type);
}

function isAbout(type: NotificationType, channel: NotificationChannel, part: number | null) {
  return (known: KnownNotification): boolean => known.type === type && known.channel === channel && known.part === part;
}
