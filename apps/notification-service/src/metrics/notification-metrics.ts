import { NOTIFICATION_CHANNELS, type NotificationChannel } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { type Counter, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification';

/** A notification that has, or has got, a status. */
export interface CountedNotification {
  readonly channel: NotificationChannel;
  readonly status: NotificationStatus;
}

/** What became of notifications, counted once it is committed. */
@Injectable()
export class NotificationMetrics {
  private readonly outcomes: Counter<'channel' | 'outcome'>;

  constructor(metrics: Metrics) {
    this.outcomes = metrics.counter({
      name: 'notifications_total',
      help: 'What became of notifications; an attempt after which one is still to be sent is none',
      labels: ['channel', 'outcome'],
    });
    for (const channel of NOTIFICATION_CHANNELS) {
      for (const outcome of NOTIFICATION_STATUSES.filter(isEnd)) this.outcomes.labels({ channel, outcome });
    }
  }

  /** These come to an end, if the transaction is committed; the pending ones among them do not. */
  ended(unitOfWork: UnitOfWork, notifications: readonly CountedNotification[]): void {
    const ended = notifications.filter(({ status }) => isEnd(status));
    if (ended.length === 0) return;
    unitOfWork.afterCommit(() =>
      ended.forEach(({ channel, status }) => this.outcomes.inc({ channel, outcome: status })),
    );
  }
}

function isEnd(status: NotificationStatus): boolean {
  return status !== 'pending';
}
