import type { Cause, NotificationChannel, NotificationType } from '@app/events';
import { boundedPage, type Look, oneOf, pageFrom, type PageRow, selectList } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FindOptionsSelect, Repository } from 'typeorm';
import { readFacts, type Facts } from '../domain/announcement';
import type { NotificationStatus } from '../domain/notification';
import { causeOf } from './due-notification';
import { NOT_SENT, NotificationEntity } from './notification.entity';

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
  /** When it is tried (again); only while it is pending. */
  readonly dueAt: Date | undefined;
  readonly lastError: string | undefined;
  readonly createdAt: Date;
  readonly cause: Cause;
}

export interface NotificationFilter {
  readonly userId: string | undefined;
  readonly orderId: string | undefined;
  readonly channel: NotificationChannel | undefined;
  readonly status: NotificationStatus | undefined;
  readonly type: NotificationType | undefined;
  /** Only what is older than this notification. */
  readonly olderThan: string | undefined;
}

/** A part of a list, newest first. */
export interface StoredPage {
  readonly notifications: readonly StoredNotification[];
  /** The list goes on with what is older than this notification; absent at its end. */
  readonly next: string | undefined;
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
  dueAt: true,
  lastError: true,
  createdAt: true,
  correlationId: true,
  eventId: true,
  traceparent: true,
} as const satisfies FindOptionsSelect<NotificationEntity>;

type ShownRow = Pick<NotificationEntity, keyof typeof SHOWN>;

const COLUMNS = selectList(NotificationEntity, ...(Object.keys(SHOWN) as (keyof typeof SHOWN)[]));
const RARE = new Set<NotificationStatus>(NOT_SENT);

/** Reads notifications for people. */
@Injectable()
export class NotificationReader {
  constructor(@InjectRepository(NotificationEntity) private readonly notifications: Repository<NotificationEntity>) {}

  async find(notificationId: string): Promise<StoredNotification | undefined> {
    const found = await this.notifications.findOne({ select: SHOWN, where: { notificationId } });
    return found === null ? undefined : fromRow(found);
  }

  /**
   * Newest first: the ids are in the order of time. SQL of its own: the bound on the work of a page cannot be said with `find`. With a
   * filter that has no index a page may be short, or empty, and the list goes on behind it.
   */
  async page(filter: NotificationFilter, limit: number): Promise<StoredPage> {
    const values: unknown[] = [];
    const page = boundedPage(lookFor(filter, values), `$${values.push(limit + 1)}`);
    const rows = await this.notifications.query<(ShownRow & PageRow)[]>(
      `SELECT page.*, found.* FROM (${page}) AS page
         LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM notifications WHERE notification_id = page.page_key) AS found ON true
       ORDER BY page.page_key DESC NULLS LAST`,
      values,
    );
    const { shown, next } = pageFrom(rows, limit);
    return { notifications: shown.map(fromRow), next };
  }
}

/** @param values gets the values of the look. */
function lookFor(filter: NotificationFilter, values: unknown[]): Look {
  const { olderThan, orderId, userId } = filter;
  const look = {
    table: 'notifications',
    key: 'notification_id',
    before: olderThan === undefined ? undefined : `$${values.push(olderThan)}::uuid`,
  };
  if (orderId !== undefined) {
    // An order has few: its own index finds them, and whatever else is asked for is tried on each.
    const scope = [`order_id = $${values.push(orderId)}::uuid`];
    return { ...look, scope, wanted: wantedOf(filter, values, 'userId', 'status', 'channel', 'type') };
  }
  if (userId !== undefined) {
    const of = { column: 'user_id', value: `$${values.push(userId)}::text` };
    return { ...look, of, wanted: wantedOf(filter, values, 'status', 'channel', 'type') };
  }
  if (filter.status === undefined || !RARE.has(filter.status)) {
    return { ...look, wanted: wantedOf(filter, values, 'status', 'channel', 'type') };
  }
  const of = { column: 'status', value: `$${values.push(filter.status)}::text` };
  return { ...look, of, scope: [oneOf('status', NOT_SENT)], wanted: wantedOf(filter, values, 'channel', 'type') };
}

const COLUMN_OF = { userId: 'user_id', status: 'status', channel: 'channel', type: 'notification_type' } as const;

function wantedOf(
  filter: NotificationFilter,
  values: unknown[],
  ...fields: readonly (keyof typeof COLUMN_OF)[]
): string[] {
  return fields.flatMap((field) =>
    filter[field] === undefined ? [] : [`${COLUMN_OF[field]} = $${values.push(filter[field])}::text`],
  );
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
    dueAt: row.status === 'pending' ? (row.dueAt ?? undefined) : undefined,
    lastError: row.lastError ?? undefined,
    createdAt: row.createdAt,
    cause: causeOf(row),
  };
}
