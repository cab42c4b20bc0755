import {
  fromNumeric,
  type NotificationChannel,
  type NotificationType,
  toNumeric,
  type Trace,
  traceAsText,
} from '@app/events';
import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { columnsOf, rowSet, selectList } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { readFacts, type Facts } from '../domain/announcement';
import {
  UNKNOWN_ORDER,
  type KnownNotification,
  type KnownOrder,
  type NotificationStatus,
} from '../domain/notification';
import type { OrderAbout } from '../domain/order-about';
import { NotificationEntity } from './notification.entity';
import { OrderNotificationsEntity } from './order-notifications.entity';

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
  readonly trace: Trace;
}

/** An order as one of its events describes it. */
export interface OrderToLock {
  readonly orderId: string;
  readonly cancelled: boolean;
  readonly about?: OrderAbout;
}

export interface LockedOrder extends KnownOrder {
  readonly about: OrderAbout;
}

const ORDERS = rowSet(columnsOf(OrderNotificationsEntity));

/*
 * `xmax = 0` holds for a row this statement has inserted, and not for one it has found and locked. Of an order nobody had
 * heard of there is nothing to read.
 */
const LOCK_ORDERS = `
  INSERT INTO order_notifications AS o (${ORDERS.columns()})
  SELECT * FROM ${ORDERS.unnest('e')}
  ORDER BY order_id
  ON CONFLICT (order_id) DO UPDATE SET cancelled = o.cancelled OR excluded.cancelled,
    user_id = coalesce(o.user_id, excluded.user_id), currency = coalesce(o.currency, excluded.currency),
    total = coalesce(o.total, excluded.total), order_number = coalesce(o.order_number, excluded.order_number)
  RETURNING ${selectList(OrderNotificationsEntity)}, xmax = 0 AS is_new`;

const LOCKED_ORDERS = lockedAmong('order_notifications', 'order_id');
/** Of `notifications`, for whoever changes them by their ids. */
export const LOCKED_NOTIFICATIONS = lockedAmong('notifications', 'notification_id');

const KNOWN = ['notificationId', 'orderId', 'type', 'channel', 'status', 'resend', 'position'] as const;

const READ_NOTIFICATIONS = `
  SELECT ${selectList(NotificationEntity, ...KNOWN)},
         CASE WHEN notification_type = 'payment_refunded' THEN (facts::json ->> 'total')::float8 END AS part,
         held_by IS NOT DISTINCT FROM 'worker' AND due_at > $2 AS being_sent
  FROM notifications WHERE order_id = ANY ($1::uuid[])`;

const NEW = rowSet(
  columnsOf(
    NotificationEntity,
    ...(['notificationId', 'orderId', 'userId', 'type', 'channel', 'resend', 'position', 'recipient'] as const),
    ...(['facts', 'status', 'heldBy', 'dueAt', 'correlationId', 'eventId', 'traceparent'] as const),
  ),
);

const INSERT = `
  INSERT INTO notifications (${NEW.columns()}, created_at)
  SELECT n.*, $${NEW.next}::timestamptz FROM ${NEW.unnest('n')}
  ON CONFLICT (order_id, notification_type, channel, resend) DO NOTHING`;

const FIND_RESEND = 'SELECT notification_id FROM notifications WHERE order_id = $1 AND idempotency_key = $2';

const REMEMBER_KEY = 'UPDATE notifications SET idempotency_key = $2 WHERE notification_id = $1';

const READ_RECEIVED = `
  SELECT DISTINCT ON (order_id) ${selectList(NotificationEntity, 'orderId', 'facts')} FROM notifications
  WHERE order_id = ANY ($1::uuid[]) AND notification_type = 'order_received' AND resend = 0
  ORDER BY order_id`;

const SUPERSEDE = `
  UPDATE notifications SET status = 'superseded', due_at = NULL, held_by = NULL
  WHERE notification_id = ANY ($1::uuid[]) AND status = 'pending'
    AND (held_by IS DISTINCT FROM 'worker' OR due_at <= $2)
  RETURNING notification_id, channel`;

/** What is decided about orders' notifications. Whoever writes here holds the locks of {@link lockOrders}. */
@Injectable()
export class NotificationRepository {
  /**
   * Locks orders until the end of the transaction and reads what is known of their notifications. `cancelled` orders are
   * remembered as such from now on, and what orders are about as the first event said.
   */
  async lockOrders(
    unitOfWork: UnitOfWork,
    toLock: readonly OrderToLock[],
    now: Date,
  ): Promise<Map<string, LockedOrder>> {
    const orders = [...Map.groupBy(toLock, ({ orderId }) => orderId)];
    const orderIds = orders.map(([orderId]) => orderId);
    await unitOfWork.expectFree(LOCKED_ORDERS, orderIds);
    const orderRows = orders.map(([orderId, items]) => toRow(orderId, items));
    const locked = await unitOfWork.query<LockedRow>(LOCK_ORDERS, ORDERS.parameters(orderRows));
    const known = new Map<string, LockedOrder>(
      locked.map((row) => [row.orderId, { ...UNKNOWN_ORDER, cancelled: row.cancelled, about: aboutFrom(row) }]),
    );
    const heardOf = locked.filter(({ is_new }) => !is_new).map(({ orderId }) => orderId);
    if (heardOf.length === 0) return known;
    // A statement of its own: only now, with the locks held, it sees what others have just committed.
    const rows = await unitOfWork.query<KnownRow>(READ_NOTIFICATIONS, [heardOf, now]);
    for (const [orderId, group] of Map.groupBy(rows, (row) => row.orderId)) {
      const order = known.get(orderId);
      if (order !== undefined) known.set(orderId, { ...order, notifications: group.map(fromRow) });
    }
    return known;
  }

  async insert(unitOfWork: UnitOfWork, notifications: readonly NewNotification[], now: Date): Promise<void> {
    if (notifications.length === 0) return;
    await unitOfWork.query(INSERT, [...NEW.parameters(notifications.map(newRow)), now]);
  }

  /** The id of the notification that a request with this key has made of a locked order. */
  async findResend(unitOfWork: UnitOfWork, orderId: string, idempotencyKey: string): Promise<string | undefined> {
    const [row] = await unitOfWork.query<{ notification_id: string }>(FIND_RESEND, [orderId, idempotencyKey]);
    return row?.notification_id;
  }

  async rememberKey(unitOfWork: UnitOfWork, notificationId: string, idempotencyKey: string): Promise<void> {
    await unitOfWork.query(REMEMBER_KEY, [notificationId, idempotencyKey]);
  }

  /** What the customers of these orders were told to have ordered, as far as they were told. */
  async readReceived(unitOfWork: UnitOfWork, orderIds: readonly string[]): Promise<Map<string, Facts>> {
    const rows = await unitOfWork.query<{ orderId: string; facts: string }>(READ_RECEIVED, [orderIds]);
    return new Map(rows.map(({ orderId, facts }) => [orderId, readFacts('order_received', facts)]));
  }

  /**
   * @param notifications by id the order of each.
   * @returns by id the channel of those that could still be taken back; a worker may have taken one up since it was read.
   */
  async supersede(
    unitOfWork: UnitOfWork,
    notifications: ReadonlyMap<string, string>,
    now: Date,
  ): Promise<Map<string, NotificationChannel>> {
    if (notifications.size === 0) return new Map();
    const ids = [...notifications.keys()].sort();
    await unitOfWork.expectFree(LOCKED_NOTIFICATIONS, ids, (id) => [notifications.get(id) ?? '']);
    const rows = await unitOfWork.query<Superseded>(SUPERSEDE, [ids, now]);
    return new Map(rows.map((row) => [row.notification_id, row.channel]));
  }
}

interface Superseded {
  readonly notification_id: string;
  readonly channel: NotificationChannel;
}

type LockedRow = OrderNotificationsEntity & { readonly is_new: boolean };

function toRow(orderId: string, claims: readonly OrderToLock[]): OrderNotificationsEntity {
  const first = <T>(value: (about: OrderAbout) => T | undefined): T | null =>
    claims.map(({ about }) => about && value(about)).find((one) => one !== undefined) ?? null;
  return {
    orderId,
    cancelled: claims.some(({ cancelled }) => cancelled),
    userId: first(({ userId }) => userId),
    currency: first(({ currency }) => currency),
    total: first(({ total }) => total && toNumeric(total)),
    orderNumber: first(({ orderNumber }) => orderNumber),
  };
}

function aboutFrom({ userId, orderNumber, currency, total }: LockedRow): OrderAbout {
  return {
    userId: userId ?? undefined,
    orderNumber: orderNumber ?? undefined,
    currency: currency ?? undefined,
    total: total === null ? undefined : fromNumeric(total),
  };
}

type KnownRow = Pick<NotificationEntity, (typeof KNOWN)[number]> & {
  readonly part: number | null;
  readonly being_sent: boolean;
};

function fromRow(row: KnownRow): KnownNotification {
  return {
    notificationId: row.notificationId,
    type: row.type,
    channel: row.channel,
    status: row.status,
    resend: row.resend,
    part: row.part,
    position: row.position,
    beingSent: row.being_sent,
  };
}

function newRow(notification: NewNotification) {
  const { recipient = null, heldBy = null, dueAt = null, eventId = null, trace } = notification;
  return { ...notification, recipient, heldBy, dueAt, eventId, traceparent: traceAsText(trace) };
}
