import type { Cause, NotificationChannel, NotificationType } from '@app/events';
import { boundedLook, type Look, selectList } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FindOptionsSelect, Repository } from 'typeorm';
import { readFacts, type Facts } from '../domain/announcement';
import type { NotificationStatus } from '../domain/notification';
import { causeOf } from './due-notification';
import { NotificationEntity } from './notification.entity';

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

const SHOWN = {
  notificationId: true,
  orderId: true,
  userId: true,
  type: true,
  channel: true,
  facts: true,
  status: true,
  attempts: true,
  resend: true,
  sentAt: true,
  createdAt: true,
  correlationId: true,
  eventId: true,
  traceparent: true,
} as const satisfies FindOptionsSelect<NotificationEntity>;

type ShownRow = Pick<NotificationEntity, keyof typeof SHOWN>;

const SELECT = `SELECT ${selectList(NotificationEntity, ...(Object.keys(SHOWN) as (keyof typeof SHOWN)[]))} FROM notifications`;

/** Reads notifications for people. */
@Injectable()
export class NotificationReader {
  constructor(@InjectRepository(NotificationEntity) private readonly notifications: Repository<NotificationEntity>) {}

  async find(notificationId: string): Promise<StoredNotification | undefined> {
    const found = await this.notifications.findOne({ select: SHOWN, where: { notificationId } });
    return found === null ? undefined : fromRow(found);
  }

  /** Newest first: the ids are in the order of time. SQL of its own: the bound on the work of a page cannot be said with `find`. */
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
    const rows = await this.notifications.query<ShownRow[]>(
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

function fromRow(row: ShownRow): StoredNotification {
  return {
    notificationId: row.notificationId,
    orderId: row.orderId,
    userId: row.userId,
    type: row.type,
    channel: row.channel,
    facts: readFacts(row.type, row.facts),
    status: row.status,
    attempts: row.attempts,
    resend: row.resend,
    sentAt: row.sentAt ?? undefined,
    createdAt: row.createdAt,
    cause: causeOf(row),
  };
}
