import { NotificationFailed } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Clock, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DeliverySettings } from '../delivery/delivery-settings';
import {
  hasShortages,
  withNames,
  withOrderNumber,
  writeFacts,
  type Announcement,
  type Facts,
} from '../domain/announcement';
import { UNKNOWN_ORDER, type KnownOrder } from '../domain/notification';
import { afterPlan, planNotifications } from '../domain/notification-plan';
import { aboutOf, expectSameOrder } from '../domain/order-about';
import { recipientsOf, type Contact } from '../domain/recipients';
import { ContactRepository } from '../persistence/contact.repository';
import { NotificationRepository, type LockedOrder } from '../persistence/notification.repository';
import { EnqueueNotifications, type Enqueued } from './enqueue-notifications';
import { NotificationMetrics } from '../metrics/notification-metrics';

/** For a message that must not go before those which could not be taken back, whichever and wherever they are. */
const WAITS_FOR_SOME = { waitsForPredecessor: true, predecessorId: undefined } as const;

/**
 * Decides what customers hear because of events, and records it. Everything a unit of work announces is decided together at
 * its end: orders are locked once and in one order, and a cancellation counts for all other events of its batch.
 */
@Injectable()
export class NotifyCustomers {
  constructor(
    private readonly notifications: NotificationRepository,
    private readonly contacts: ContactRepository,
    private readonly queue: EnqueueNotifications,
    private readonly settings: DeliverySettings,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly metrics: NotificationMetrics,
  ) {}

  /**
   * Resolves at once; the customers are notified when the unit of work concludes. That fails with OrderContradicted when an event says
   * something else of its order than an earlier one.
   */
  enqueue(unitOfWork: UnitOfWork, announcements: readonly Announcement[]): Promise<void> {
    unitOfWork.gather(this, announcements, (concluded, all) => this.notify(concluded, all));
    return Promise.resolve();
  }

  private async notify(unitOfWork: UnitOfWork, announcements: readonly Announcement[]): Promise<void> {
    const now = this.clock.now();
    const orders = announcements.map((announcement) => ({
      orderId: announcement.orderId,
      cancelled: announcement.facts.type === 'order_cancelled',
      about: aboutOf(announcement),
    }));
    const known = await this.notifications.lockOrders(unitOfWork, orders, now);
    for (const announcement of announcements)
      expectSameOrder(known.get(announcement.orderId)?.about ?? aboutOf(announcement), announcement);
    const users = announcements.map(({ userId }) => userId);
    const contacts = await this.contacts.findAll(unitOfWork, users);
    const { created, superseded } = this.plan(await this.named(unitOfWork, announcements), known, contacts);
    const onTheirWay = await this.supersede(unitOfWork, superseded, now);
    await this.queue.execute(
      unitOfWork,
      created.map((item) => (onTheirWay.has(item.orderId) ? { ...item, ...WAITS_FOR_SOME } : item)),
    );
    publishUndeliverable(unitOfWork, created);
  }

  /** The announcements with the names of products that were short. Costs a statement only when there are some. */
  private async named(
    unitOfWork: UnitOfWork,
    announcements: readonly Announcement[],
  ): Promise<readonly Announcement[]> {
    const short = announcements.filter(({ facts }) => hasShortages(facts)).map(({ orderId }) => orderId);
    if (short.length === 0) return announcements;
    const received = await this.notifications.readReceived(unitOfWork, short);
    for (const { orderId, facts } of announcements) if (facts.type === 'order_received') received.set(orderId, facts);
    return announcements.map((announcement) => ({
      ...announcement,
      facts: withNames(announcement.facts, received.get(announcement.orderId)),
    }));
  }

  /** One announcement after the other, each upon what the ones before have made of its order. */
  private plan(
    announcements: readonly Announcement[],
    orders: ReadonlyMap<string, LockedOrder>,
    contacts: ReadonlyMap<string, Contact>,
  ): { readonly created: readonly Enqueued[]; readonly superseded: ReadonlyMap<string, string> } {
    const known = new Map<string, KnownOrder>(orders);
    const created: Enqueued[] = [];
    const superseded = new Map<string, string>();
    for (const { orderId, userId, facts, cause } of announcements) {
      const order = known.get(orderId) ?? UNKNOWN_ORDER;
      const recipients = recipientsOf(userId, contacts.get(userId), this.settings.fallbackDomain);
      const plan = planNotifications(order, facts.type, recipients, () => this.ids.next(), partOf(facts));
      known.set(orderId, afterPlan(order, facts.type, plan));
      plan.supersede.forEach((id) => superseded.set(id, orderId));
      const text = writeFacts(withOrderNumber(facts, orders.get(orderId)?.about.orderNumber));
      plan.create.forEach((planned) => created.push({ ...planned, orderId, userId, facts: text, cause }));
    }
    return { created, superseded };
  }

  /** @returns orders of which a message has got on its way before it could be taken back: the next one waits for it. */
  private async supersede(unitOfWork: UnitOfWork, ids: ReadonlyMap<string, string>, now: Date): Promise<Set<string>> {
    const takenBack = await this.notifications.supersede(unitOfWork, ids, now);
    this.metrics.ended(
      unitOfWork,
      [...takenBack.values()].map((channel) => ({ channel, status: 'superseded' })),
    );
    return new Set([...ids].filter(([id]) => !takenBack.has(id)).map(([, orderId]) => orderId));
  }
}

function partOf(facts: Facts): number | null {
  return facts.type === 'payment_refunded' ? (facts.total ?? null) : null;
}

function publishUndeliverable(unitOfWork: UnitOfWork, created: readonly Enqueued[]): void {
  for (const { notificationId, orderId, userId, type, channel, status, cause } of created) {
    if (status !== 'undeliverable') continue;
    unitOfWork.publish(NotificationFailed, {
      orderId,
      payload: {
        notification_id: notificationId,
        user_id: userId,
        notification_type: type,
        channel,
        attempts: 0,
        reason: 'undeliverable',
      },
      cause,
    });
  }
}
