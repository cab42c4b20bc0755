import { type Cause, type NotificationChannel, type NotificationType, traceFromText } from '@app/events';
import type { DueItem } from '@app/messaging';
import { selectList } from '@app/postgres';
import { NotificationEntity } from './notification.entity';

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

const DUE = [
  'notificationId',
  'orderId',
  'userId',
  'type',
  'channel',
  'recipient',
  'facts',
  'attempts',
  'createdAt',
  'correlationId',
  'eventId',
  'traceparent',
] as const satisfies (keyof NotificationEntity)[];

/** Of a {@link DueRow}. */
export const DUE_COLUMNS = selectList(NotificationEntity, ...DUE);

/** The row of a notification that is due: it has a recipient, as a CHECK says. */
export type DueRow = Readonly<Pick<NotificationEntity, (typeof DUE)[number]>> & { readonly recipient: string };

export function fromDueRow(row: DueRow, leasedUntil: Date): DueNotification {
  return {
    id: row.notificationId,
    orderId: row.orderId,
    leasedUntil,
    userId: row.userId,
    type: row.type,
    channel: row.channel,
    recipient: row.recipient,
    facts: row.facts,
    attempts: row.attempts,
    createdAt: row.createdAt,
    cause: causeOf(row),
  };
}

export function causeOf(row: Pick<DueRow, 'correlationId' | 'eventId' | 'traceparent'>): Cause {
  return {
    correlationId: row.correlationId,
    ...(row.eventId === null ? {} : { causationId: row.eventId }),
    ...traceFromText(row.traceparent),
  };
}
