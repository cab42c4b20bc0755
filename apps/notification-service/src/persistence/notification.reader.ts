import type { Cause, NotificationChannel, NotificationType } from '@app/events';
import { boundedLook, type Look } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readFacts, type Facts } from '../domain/announcement';
import type { NotificationStatus } from '../domain/notification';
import { causeOf } from './due-notification';

/** A notification as it is shown. */
export interface StoredNotification {
  readonly notificationId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly type: NotificationType;
  readonly channel: NotificationChannel;
  readonly facts: Facts;
  readonly status: NotificationStatus;
  readonly attempts: number;
  readonly resend: number;
  readonly sentAt: Date | undefined;
  readonly createdAt: Date;
  readonly cause: Cause;
}

export interface NotificationFilter {
  readonly userId: string | undefined;
  readonly orderId: string | undefined;
  /** Only what is older than this notification. */
  readonly olderThan: string | undefined;
  readonly limit: number;
}

interface Row {
  readonly notification_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly notification_type: NotificationType;
  readonly channel: NotificationChannel;
  readonly facts: string;
  readonly status: NotificationStatus;
  readonly attempts: number;
  readonly resend: number;
  readonly sent_at: Date | null;
  readonly created_at: Date;
  readonly correlation_id: string;
  readonly event_id: string | null;
  readonly traceparent: string | null;
}

const SELECT = `SELECT notification_id, order_id, user_id, notification_type, channel, facts, status, attempts, resend,
  sent_at, created_at, correlation_id, event_id, traceparent FROM notifications`;

/** Reads notifications for people. */
@Injectable()
export class NotificationReader {
  constructor(private readonly dataSource: DataSource) {}

  async find(notificationId: string): Promise<StoredNotification | undefined> {
    const [row] = await this.dataSource.query<Row[]>(`${SELECT} WHERE notification_id = $1`, [notificationId]);
    return row && fromRow(row);
  }

  /** Newest first: the ids are in the order of time. */
  async list({ userId, orderId, olderThan, limit }: NotificationFilter): Promise<StoredNotification[]> {
    const values: unknown[] = [];
    const ids =
      orderId === undefined
        ? boundedLook(lookFor(userId, olderThan, values), `$${values.push(limit)}`)
        : `SELECT notification_id FROM notifications WHERE order_id = $${values.push(orderId)}`;
    const conditions = [
      `notification_id = ANY (ARRAY(${ids}))`,
      ...(userId === undefined ? [] : [`user_id = $${values.push(userId)}`]),
      ...(olderThan === undefined ? [] : [`notification_id < $${values.push(olderThan)}`]),
    ];
    const rows = await this.dataSource.query<Row[]>(
      `${SELECT} WHERE ${conditions.join(' AND ')} ORDER BY notification_id DESC LIMIT $${values.push(limit)}`,
      values,
    );
    return rows.map(fromRow);
  }
}

function lookFor(userId: string | undefined, olderThan: string | undefined, values: unknown[]): Look {
  return {
    table: 'notifications',
    key: 'notification_id',
    of: userId === undefined ? undefined : { column: 'user_id', value: `$${values.push(userId)}::text` },
    before: olderThan === undefined ? undefined : `$${values.push(olderThan)}::uuid`,
    wanted: [],
  };
}

function fromRow(row: Row): StoredNotification {
  return {
    notificationId: row.notification_id,
    orderId: row.order_id,
    userId: row.user_id,
    type: row.notification_type,
    channel: row.channel,
    facts: readFacts(row.notification_type, row.facts),
    status: row.status,
    attempts: row.attempts,
    resend: row.resend,
    sentAt: row.sent_at ?? undefined,
    createdAt: row.created_at,
    cause: causeOf(row),
  };
}
