import { decodeCursor, encodeCursor } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { NotificationReader } from '../persistence/notification.reader';
import { withWords, type ShownNotification } from './shown-notification';

export interface NotificationPage {
  readonly notifications: readonly ShownNotification[];
  readonly nextCursor: string | undefined;
}

export interface ListQuery {
  readonly userId: string | undefined;
  readonly orderId: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Lists notifications, newest first. */
@Injectable()
export class ListNotifications {
  constructor(private readonly reader: NotificationReader) {}

  async execute({ cursor, limit, ...filter }: ListQuery): Promise<NotificationPage> {
    const olderThan = cursor === undefined ? undefined : decodeCursor(cursor, ['uuid'])[0];
    // One more than asked for tells whether there is a next page.
    const found = await this.reader.list({ ...filter, olderThan, limit: limit + 1 });
    const notifications = found.slice(0, limit);
    const last = notifications.at(-1);
    return {
      notifications: notifications.map(withWords),
      nextCursor: found.length > limit && last !== undefined ? encodeCursor([last.notificationId]) : undefined,
    };
  }
}
