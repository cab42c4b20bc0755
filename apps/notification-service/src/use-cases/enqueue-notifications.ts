import type { Cause } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { WAIT_FOR_PREDECESSOR_MS } from '../domain/delivery-settlement';
import type { PlannedNotification } from '../domain/notification-plan';
import type { DueNotification } from '../persistence/due-notification';
import { NotificationRepository, type NewNotification } from '../persistence/notification.repository';
import { DeliverNotifications } from './deliver-notifications';
import { NotificationMetrics } from '../metrics/notification-metrics';

/** A planned notification with everything it takes to deliver it. */
export interface Enqueued extends PlannedNotification {
  readonly orderId: string;
  readonly userId: string;
  readonly facts: string;
  readonly cause: Cause;
}

/** Records notifications and hands those that can go at once to this process's own worker, when the transaction commits. */
@Injectable()
export class EnqueueNotifications {
  constructor(
    private readonly notifications: NotificationRepository,
    private readonly deliveries: DeliverNotifications,
    private readonly clock: Clock,
    private readonly metrics: NotificationMetrics,
  ) {}

  async execute(unitOfWork: UnitOfWork, enqueued: readonly Enqueued[]): Promise<void> {
    const now = this.clock.now();
    const ready = this.readyHere(enqueued);
    const lease = this.deliveries.leaseFor([...ready]);
    const mine = lease.mine ? ready : new Set<Enqueued>();
    const rows = enqueued.map((item) => rowOf(item, now, mine.has(item), lease.dueAt));
    await this.notifications.insert(unitOfWork, rows, now);
    this.metrics.ended(unitOfWork, enqueued);
    const waiting = enqueued.filter((item) => item.status === 'pending' && item.waitsForPredecessor && !mine.has(item));
    unitOfWork.afterCommit(() => {
      this.deliveries.offer([...mine].map((item) => dueOf(item, now, lease.dueAt)));
      // Their predecessors may have got through since they were read.
      this.deliveries.releaseSoon(waiting.map(({ orderId }) => orderId));
    });
  }

  /** What waits for nobody, and what comes after something this process has in hand: it can see to the order itself. */
  private readyHere(enqueued: readonly Enqueued[]): ReadonlySet<Enqueued> {
    const ready = new Map<string, Enqueued>();
    for (const item of enqueued) {
      const { notificationId, orderId, predecessorId: id, status } = item;
      if (status !== 'pending') continue;
      const follows = id !== undefined && (ready.has(id) || this.deliveries.holds({ orderId, id }));
      if (!item.waitsForPredecessor || follows) ready.set(notificationId, item);
    }
    return new Set(ready.values());
  }
}

function rowOf(item: Enqueued, now: Date, mine: boolean, dueAt: Date): NewNotification {
  const { notificationId, orderId, userId, type, channel, resend, position, facts, status, cause } = item;
  const pending = status === 'pending';
  const waits = item.waitsForPredecessor && !mine;
  return {
    notificationId,
    orderId,
    userId,
    type,
    channel,
    resend,
    position,
    recipient: item.address,
    facts,
    status,
    heldBy: !pending ? undefined : mine ? 'worker' : waits ? 'predecessor' : undefined,
    dueAt: !pending ? undefined : waits ? new Date(now.getTime() + WAIT_FOR_PREDECESSOR_MS) : dueAt,
    correlationId: cause.correlationId,
    eventId: cause.causationId,
    trace: cause,
  };
}

function dueOf(item: Enqueued, createdAt: Date, leasedUntil: Date): DueNotification {
  const { notificationId, orderId, userId, type, channel, address = '', facts, cause, predecessorId } = item;
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
    ...(predecessorId !== undefined && { after: predecessorId }),
  };
}
