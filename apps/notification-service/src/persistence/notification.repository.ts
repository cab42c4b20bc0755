import { fromNumeric, type NotificationChannel, type NotificationType, toDecimal } from '@app/events';
import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import {
  UNKNOWN_ORDER,
  type KnownNotification,
  type KnownOrder,
  type NotificationStatus,
} from '../domain/notification';
import type { OrderAbout } from '../domain/order-about';

/** A notification to insert. */
export interface NewNotification {
  readonly notificationId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly type: NotificationType;
  readonly channel: NotificationChannel;
  readonly resend: number;
  readonly position: number;
  readonly recipient: string | undefined;
  readonly facts: string;
  readonly status: NotificationStatus;
  readonly heldBy: 'worker' | 'predecessor' | undefined;
  readonly dueAt: Date | undefined;
  readonly correlationId: string;
  readonly eventId: string | undefined;
  readonly traceparent: string | undefined;
}

/** An order as news of it has it. */
export interface OrderToLock {
  readonly orderId: string;
  readonly cancelled: boolean;
  readonly about?: OrderAbout;
}

export interface LockedOrder extends KnownOrder {
  readonly about: OrderAbout;
}

/*
 * `xmax = 0` holds for a row this statement has inserted, and not for one it has found and locked. Of an order nobody had
 * heard of there is nothing to read.
 */
const LOCK_ORDERS = `
  INSERT INTO order_notifications AS o (order_id, cancelled, user_id, currency, total, order_number)
  SELECT * FROM unnest($1::uuid[], $2::boolean[], $3::text[], $4::text[], $5::numeric[], $6::text[])
    AS e (order_id, cancelled, user_id, currency, total, order_number)
  ORDER BY order_id
  ON CONFLICT (order_id) DO UPDATE SET cancelled = o.cancelled OR excluded.cancelled,
    user_id = coalesce(o.user_id, excluded.user_id), currency = coalesce(o.currency, excluded.currency),
    total = coalesce(o.total, excluded.total), order_number = coalesce(o.order_number, excluded.order_number)
  RETURNING order_id, cancelled, user_id, currency, total, order_number, xmax = 0 AS is_new`;

const LOCKED_ORDERS = lockedAmong('order_notifications', 'order_id');
/** Of `notifications`, for whoever changes them by their ids. */
export const LOCKED_NOTIFICATIONS = lockedAmong('notifications', 'notification_id');

const READ_NOTIFICATIONS = `
  SELECT notification_id, order_id, notification_type, channel, status, resend, position,
         CASE WHEN notification_type = 'payment_refunded' THEN (facts::json ->> 'total')::float8 END AS part,
         held_by IS NOT DISTINCT FROM 'worker' AND due_at > $2 AS being_sent
  FROM notifications WHERE order_id = ANY ($1::uuid[])`;

const INSERT = `
  INSERT INTO notifications (notification_id, order_id, user_id, notification_type, channel, resend, position, recipient,
    facts, status, held_by, due_at, correlation_id, event_id, traceparent, created_at)
  SELECT n.*, $16::timestamptz FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[],
    $7::smallint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::uuid[],
    $15::text[]) AS n
  ON CONFLICT (order_id, notification_type, channel, resend) DO NOTHING`;

const SUPERSEDE = `
  UPDATE notifications SET status = 'superseded', due_at = NULL, held_by = NULL
  WHERE notification_id = ANY ($1::uuid[]) AND status = 'pending'
    AND (held_by IS DISTINCT FROM 'worker' OR due_at <= $2)
  RETURNING notification_id`;

/** What is decided about orders' notifications. Whoever writes here holds the locks of {@link lockOrders}. */
@Injectable()
export class NotificationRepository {
  /**
   * Locks orders until the end of the transaction and reads what is known of their notifications. `cancelled` orders are
   * remembered as such from now on, and what orders are about as the first news of it said.
   */
  async lockOrders(unitOfWork: UnitOfWork, news: readonly OrderToLock[], now: Date): Promise<Map<string, LockedOrder>> {
    const orders = [...Map.groupBy(news, ({ orderId }) => orderId)];
    const orderIds = orders.map(([orderId]) => orderId);
    const first = <T>(value: (about: OrderAbout) => T | undefined): (T | null)[] =>
      orders.map(
        ([, items]) => items.map(({ about }) => about && value(about)).find((one) => one !== undefined) ?? null,
      );
    await unitOfWork.expectFree(LOCKED_ORDERS, orderIds);
    const locked = await unitOfWork.query<LockedRow>(LOCK_ORDERS, [
      orderIds,
      orders.map(([, items]) => items.some(({ cancelled }) => cancelled)),
      first(({ userId }) => userId),
      first(({ currency }) => currency),
      first(({ total }) => total && toDecimal(total)),
      first(({ orderNumber }) => orderNumber),
    ]);
    const known = new Map<string, LockedOrder>(
      locked.map((row) => [row.order_id, { ...UNKNOWN_ORDER, cancelled: row.cancelled, about: aboutFrom(row) }]),
    );
    const heardOf = locked.filter(({ is_new }) => !is_new).map(({ order_id }) => order_id);
    if (heardOf.length === 0) return known;
    // A statement of its own: only now, with the locks held, it sees what others have just committed.
    const rows = await unitOfWork.query<KnownRow>(READ_NOTIFICATIONS, [heardOf, now]);
    for (const [orderId, group] of Map.groupBy(rows, (row) => row.order_id)) {
      const order = known.get(orderId);
      if (order !== undefined) known.set(orderId, { ...order, notifications: group.map(fromRow) });
    }
    return known;
  }

  async insert(unitOfWork: UnitOfWork, notifications: readonly NewNotification[], now: Date): Promise<void> {
    if (notifications.length === 0) return;
    const column = <T>(value: (notification: NewNotification) => T | undefined): (T | null)[] =>
      notifications.map((notification) => value(notification) ?? null);
    await unitOfWork.query(INSERT, [
      column((row) => row.notificationId),
      column((row) => row.orderId),
      column((row) => row.userId),
      column((row) => row.type),
      column((row) => row.channel),
      column((row) => row.resend),
      column((row) => row.position),
      column((row) => row.recipient),
      column((row) => row.facts),
      column((row) => row.status),
      column((row) => row.heldBy),
      column((row) => row.dueAt),
      column((row) => row.correlationId),
      column((row) => row.eventId),
      column((row) => row.traceparent),
      now,
    ]);
  }

  /**
   * @param notifications by id the order of each.
   * @returns the ids of those that could still be taken back; a worker may have taken one up since it was read.
   */
  async supersede(unitOfWork: UnitOfWork, notifications: ReadonlyMap<string, string>, now: Date): Promise<Set<string>> {
    if (notifications.size === 0) return new Set();
    const ids = [...notifications.keys()].sort();
    await unitOfWork.expectFree(LOCKED_NOTIFICATIONS, ids, (id) => [notifications.get(id) ?? '']);
    const rows = await unitOfWork.query<{ notification_id: string }>(SUPERSEDE, [ids, now]);
    return new Set(rows.map((row) => row.notification_id));
  }
}

interface LockedRow {
  readonly order_id: string;
  readonly cancelled: boolean;
  readonly user_id: string | null;
  readonly currency: string | null;
  readonly total: string | null;
  readonly order_number: string | null;
  readonly is_new: boolean;
}

function aboutFrom({ user_id: userId, order_number: orderNumber, currency, total }: LockedRow): OrderAbout {
  return {
    userId: userId ?? undefined,
    orderNumber: orderNumber ?? undefined,
    currency: currency ?? undefined,
    total: total === null ? undefined : fromNumeric(total),
  };
}

interface KnownRow {
  readonly notification_id: string;
  readonly order_id: string;
  readonly notification_type: NotificationType;
  readonly channel: NotificationChannel;
  readonly status: NotificationStatus;
  readonly resend: number;
  readonly part: number | null;
  readonly position: number;
  readonly being_sent: boolean;
}

function fromRow(row: KnownRow): KnownNotification {
  return {
    notificationId: row.notification_id,
    type: row.notification_type,
    channel: row.channel,
    status: row.status,
    resend: row.resend,
    part: row.part,
    position: row.position,
    beingSent: row.being_sent,
  };
}
