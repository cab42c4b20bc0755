import { decodeCursor, encodeCursor } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { NotificationReader, type NotificationFilter } from '../persistence/notification.reader';
import { withWords, type ShownNotification } from './shown-notification';

export interface NotificationPage {
  readonly notifications: readonly ShownNotification[];
  readonly nextCursor: string | undefined;
}

export interface ListQuery extends Omit<NotificationFilter, 'olderThan'> {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Lists notifications, newest first. */
@Injectable()
export class ListNotifications {
  constructor(private readonly reader: NotificationReader) {}

  /** A page may have fewer notifications than `limit` although there is a next one. */
  async execute({ cursor, limit, ...filter }: ListQuery): Promise<NotificationPage> {
    const olderThan = cursor === undefined ? undefined : decodeCursor(cursor, ['uuid'])[0];
    const { notifications, next } = await this.reader.page({ ...filter, olderThan }, limit);
    return {
      notifications: notifications.map(withWords),
      nextCursor: next === undefined ? undefined : encodeCursor([next]),
    };
  }
}
