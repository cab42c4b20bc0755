import type { Cause } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { PlannedNotification } from '../domain/notification-plan';
import type { DueNotification } from '../persistence/due-notification';
import { NotificationRepository, type NewNotification } from '../persistence/notification.repository';
import { DeliverNotifications } from './deliver-notifications';

/** A planned notification with everything it takes to deliver it. */
export interface Enqueued extends PlannedNotification {
  readonly orderId: string;
  readonly userId: string;
  readonly facts: string;
  readonly cause: Cause;
}

/** How long one that waits for its predecessor is left alone, should nobody come and fetch it. */
const WAIT_FOR_PREDECESSOR_MS = 60_000;

/** Records notifications and hands those that can go at once to this process's own worker, when the transaction commits. */
@Injectable()
export class EnqueueNotifications {
  constructor(
    private readonly notifications: NotificationRepository,
    private readonly deliveries: DeliverNotifications,
    private readonly clock: Clock,
  ) {}

  async execute(enqueued: readonly Enqueued[], unitOfWork: UnitOfWork): Promise<void> {
    const now = this.clock.now();
    const ready = enqueued.filter((item) => item.status === 'pending' && !item.waitsForPredecessor);
    const lease = this.deliveries.leaseFor(ready);
    const rows = enqueued.map((item) => rowOf(item, now, lease));
    await this.notifications.insert(unitOfWork, rows, now);
    const waiting = enqueued.filter((item) => item.status === 'pending' && item.waitsForPredecessor);
    unitOfWork.afterCommit(() => {
      if (lease.mine) this.deliveries.offer(ready.map((item) => dueOf(item, now, lease.dueAt)));
      // Their predecessors may have got through since they were read.
      this.deliveries.releaseSoon(waiting.map(({ orderId }) => orderId));
    });
  }
}

function rowOf(item: Enqueued, now: Date, lease: { readonly dueAt: Date; readonly mine: boolean }): NewNotification {
  const { address, waitsForPredecessor, cause, ...rest } = item;
  const pending = item.status === 'pending';
  return {
    ...rest,
    recipient: address,
    heldBy: !pending ? undefined : waitsForPredecessor ? 'predecessor' : lease.mine ? 'worker' : undefined,
    dueAt: !pending ? undefined : waitsForPredecessor ? new Date(now.getTime() + WAIT_FOR_PREDECESSOR_MS) : lease.dueAt,
    correlationId: cause.correlationId,
    eventId: cause.causationId,
    traceparent: cause.traceparent,
  };
}

function dueOf(item: Enqueued, createdAt: Date, leasedUntil: Date): DueNotification {
  const { notificationId, orderId, userId, type, channel, address = '', facts, cause } = item;
  return {
    id: notificationId,
    orderId,
    leasedUntil,
    userId,
    type,
    channel,
    recipient: address,
    facts,
    attempts: 0,
    createdAt,
    cause,
  };
}
