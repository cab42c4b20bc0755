import type { Cause, NotificationChannel, NotificationType } from '@app/events';
import type { DueItem } from '@app/messaging';

/** A notification somebody has to deliver now. */
export interface DueNotification extends DueItem {
  readonly userId: string;
  readonly type: NotificationType;
  readonly channel: NotificationChannel;
  readonly recipient: string;
  /** As stored: see `readFacts`. */
  readonly facts: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly cause: Cause;
}

/** The columns of a due notification, as {@link fromDueRow} wants them. */
export const DUE_COLUMNS = `notification_id, order_id, user_id, notification_type, channel, recipient, facts, attempts,
  created_at, correlation_id, event_id, traceparent`;

export interface DueRow {
  readonly notification_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly notification_type: NotificationType;
  readonly channel: NotificationChannel;
  readonly recipient: string;
  readonly facts: string;
  readonly attempts: number;
  readonly created_at: Date;
  readonly correlation_id: string;
  readonly event_id: string | null;
  readonly traceparent: string | null;
}

export function fromDueRow(row: DueRow, leasedUntil: Date): DueNotification {
  return {
    id: row.notification_id,
    orderId: row.order_id,
    leasedUntil,
    userId: row.user_id,
    type: row.notification_type,
    channel: row.channel,
    recipient: row.recipient,
    facts: row.facts,
    attempts: row.attempts,
    createdAt: row.created_at,
    cause: causeOf(row),
  };
}

export function causeOf(row: Pick<DueRow, 'correlation_id' | 'event_id' | 'traceparent'>): Cause {
  return {
    correlationId: row.correlation_id,
    ...(row.event_id === null ? {} : { causationId: row.event_id }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  };
}
