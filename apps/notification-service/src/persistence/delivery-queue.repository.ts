import type { NotificationChannel } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Settlement } from '../domain/delivery-settlement';
import { NotificationEntity } from './notification.entity';
import { dueNotifications } from './notification.figures';
import { LOCKED_NOTIFICATIONS } from './notification.repository';
import { DUE_COLUMNS, fromDueRow, type DueNotification, type DueRow } from './due-notification';

/*
 * Where rows are looked up by order, "pending" is written `due_at IS NOT NULL`, which a CHECK makes the same. Spelt
 * `status = 'pending'` it would allow the index of due rows, which the planner believes to be nearly empty: with a backlog
 * every look-up then reads the whole backlog.
 */

/** `n` has to wait for an earlier one of the same order and channel. */
const WAITS = `EXISTS (
    SELECT FROM notifications AS earlier
    WHERE earlier.order_id = n.order_id AND earlier.channel = n.channel
      AND earlier.due_at IS NOT NULL AND earlier.position < n.position)`;

const FIND_DUE = `
  SELECT n.notification_id, ${WAITS} AS waits FROM notifications AS n
  WHERE n.status = 'pending' AND n.channel = $1 AND n.due_at <= $2
  ORDER BY n.due_at LIMIT $3 FOR UPDATE OF n SKIP LOCKED`;

const LEASE = `
  UPDATE notifications SET held_by = 'worker', due_at = $2
  WHERE notification_id = ANY ($1::uuid[]) RETURNING ${DUE_COLUMNS}`;

/** The older it is the longer it waits to be looked at again: its predecessor's end will fetch it anyway. */
const POSTPONE = `
  UPDATE notifications SET held_by = 'predecessor',
    due_at = $2::timestamptz + least(greatest($2::timestamptz - created_at, interval '1 minute'), interval '1 hour')
  WHERE notification_id = ANY ($1::uuid[])`;

const FIND_ORDERS_WITH_WAITING = `
  SELECT DISTINCT order_id FROM notifications
  WHERE order_id = ANY ($1::uuid[]) AND due_at IS NOT NULL AND held_by = 'predecessor'`;

const RELEASE = `
  UPDATE notifications SET held_by = $3, due_at = $2
  WHERE notification_id = ANY (ARRAY(
    SELECT n.notification_id FROM notifications AS n
    WHERE n.order_id = ANY ($1::uuid[]) AND n.due_at IS NOT NULL AND n.held_by = 'predecessor' AND NOT ${WAITS}
    ORDER BY n.notification_id FOR UPDATE OF n SKIP LOCKED))
  RETURNING ${DUE_COLUMNS}`;

const OUTCOMES = rowSet(
  columnsOf(NotificationEntity, 'notificationId', 'status', 'attempts', 'dueAt', 'sentAt', 'lastError', 'heldBy'),
);

/*
 * What was sent was sent, whatever has been decided meanwhile; any other outcome only counts for what is still pending. When it was sent
 * is told by the clock that all replicas have in common.
 */
const SETTLE = `
  UPDATE notifications AS n
  SET ${OUTCOMES.assignments('r', 'status', 'attempts', 'dueAt', 'heldBy', 'lastError')},
      sent_at = CASE WHEN r.sent_at IS NOT NULL THEN clock_timestamp() END
  FROM ${OUTCOMES.unnest('r')}
  WHERE n.notification_id = r.notification_id
    AND (n.status = 'pending' OR (n.status = 'superseded' AND r.status = 'sent'))
  RETURNING n.notification_id`;

const CANCELLED = 'SELECT order_id FROM order_notifications WHERE order_id = ANY ($1::uuid[]) AND cancelled';

/** Which notifications are due, who holds them, and what became of them. */
@Injectable()
export class DeliveryQueueRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Leases what is due on a channel. A notification whose predecessor is not through is put off instead. */
  async claimDue(
    unitOfWork: UnitOfWork,
    claim: { channel: NotificationChannel; dueBefore: Date; limit: number; leasedUntil: Date },
    now: Date,
  ): Promise<DueNotification[]> {
    const { channel, dueBefore, limit, leasedUntil } = claim;
    const due = await unitOfWork.query<{ notification_id: string; waits: boolean }>(FIND_DUE, [
      channel,
      dueBefore,
      limit,
    ]);
    const waiting = due.filter(({ waits }) => waits).map((row) => row.notification_id);
    const ready = due.filter(({ waits }) => !waits).map((row) => row.notification_id);
    if (waiting.length > 0) await unitOfWork.query(POSTPONE, [waiting, now]);
    if (ready.length === 0) return [];
    const rows = await unitOfWork.query<DueRow>(LEASE, [ready, leasedUntil]);
    return rows.map((row) => fromDueRow(row, leasedUntil));
  }

  /** How many are due and in nobody's hands. */
  due(now: Date): ReturnType<typeof dueNotifications> {
    return dueNotifications((text, parameters) => this.dataSource.query(text, parameters), now);
  }

  /** Which of these orders have a notification that waits for its predecessor. */
  async ordersWithWaiting(orderIds: readonly string[]): Promise<string[]> {
    const rows = await this.dataSource.query<{ order_id: string }[]>(FIND_ORDERS_WITH_WAITING, [orderIds]);
    return rows.map((row) => row.order_id);
  }

  /** Makes notifications of these orders due whose predecessors are through, and leases them when they are `mine`. */
  async release(
    unitOfWork: UnitOfWork,
    orderIds: readonly string[],
    { dueAt, mine }: { readonly dueAt: Date; readonly mine: boolean },
  ): Promise<DueNotification[]> {
    const rows = await unitOfWork.query<DueRow>(RELEASE, [orderIds, dueAt, mine ? 'worker' : null]);
    return mine ? rows.map((row) => fromDueRow(row, dueAt)) : [];
  }

  /** @returns the ids of the notifications whose outcome has been recorded now. */
  async settle(
    unitOfWork: UnitOfWork,
    settlements: readonly { readonly id: string; readonly orderId: string; readonly settlement: Settlement }[],
    now: Date,
  ): Promise<Set<string>> {
    const ids = settlements.map(({ id }) => id);
    await unitOfWork.expectFree(LOCKED_NOTIFICATIONS, ids, (locked) =>
      settlements.filter(({ id }) => id === locked).map(({ orderId }) => orderId),
    );
    const outcomes = settlements.map(({ id, settlement }) => outcomeRow(id, settlement, now));
    const rows = await unitOfWork.query<{ notification_id: string }>(SETTLE, OUTCOMES.parameters(outcomes));
    return new Set(rows.map((row) => row.notification_id));
  }

  async cancelledAmong(unitOfWork: UnitOfWork, orderIds: readonly string[]): Promise<Set<string>> {
    if (orderIds.length === 0) return new Set();
    const rows = await unitOfWork.query<{ order_id: string }>(CANCELLED, [orderIds]);
    return new Set(rows.map((row) => row.order_id));
  }
}

function outcomeRow(notificationId: string, { status, attempts, dueAt, error, heldBy }: Settlement, now: Date) {
  const sentAt = status === 'sent' ? now : null;
  return {
    ...{ notificationId, status, attempts, sentAt },
    ...{ dueAt: dueAt ?? null, lastError: error ?? null, heldBy: heldBy ?? null },
  };
}
