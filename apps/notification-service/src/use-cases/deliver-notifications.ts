import { NOTIFICATION_CHANNELS, NotificationFailed, NotificationSent } from '@app/events';
import { DueWorkers, Transactions, type DueWork, type DueWorker, type UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { DeliverySettings } from '../delivery/delivery-settings';
import { MessageCourier } from '../delivery/message-courier';
import { ProviderBreakers } from '../delivery/provider-breakers';
import { isExpired, settle, type DeliveryOutcome, type Settlement } from '../domain/delivery-settlement';
import { isSupersededByCancellation } from '../domain/notification';
import { DeliveryQueueRepository } from '../persistence/delivery-queue.repository';
import type { DueNotification } from '../persistence/due-notification';

interface Result {
  readonly item: DueNotification;
  readonly outcome: DeliveryOutcome;
}

/** Delivers what is due, and records and announces what became of it. */
@Injectable()
export class DeliverNotifications implements DueWork<DueNotification, DeliveryOutcome> {
  readonly name = 'notifications';
  readonly succession = {
    isThrough: ({ kind }: DeliveryOutcome) => kind === 'sent' || kind === 'rejected' || kind === 'expired',
    notYet: (): DeliveryOutcome => ({ kind: 'waiting' }),
  };
  private readonly logger = new Logger(DeliverNotifications.name);
  private readonly worker: DueWorker<DueNotification, DeliveryOutcome>;

  constructor(
    workers: DueWorkers,
    private readonly queue: DeliveryQueueRepository,
    private readonly courier: MessageCourier,
    private readonly breakers: ProviderBreakers,
    private readonly settings: DeliverySettings,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {
    this.worker = workers.create<DueNotification, DeliveryOutcome>(this, settings.limits);
  }

  /** As `DueWorker.leaseFor`; nothing is taken on while a provider it needs is out. */
  leaseFor(items: readonly Pick<DueNotification, 'channel'>[]): { readonly dueAt: Date; readonly mine: boolean } {
    if (items.some(({ channel }) => this.breakers.isOut(channel))) return { dueAt: this.clock.now(), mine: false };
    return this.worker.leaseFor(items.length);
  }

  /** As `DueWorker.knows`. */
  knows(item: Pick<DueNotification, 'orderId' | 'id'>): boolean {
    return this.worker.knows(item);
  }

  offer(items: readonly DueNotification[]): void {
    this.worker.offer(items);
  }

  /** During an outage only a probe is tried now and then, besides those which are too old to be sent at all. */
  async claim(unitOfWork: UnitOfWork, limit: number, leasedUntil: Date): Promise<DueNotification[]> {
    const now = this.clock.now();
    const tooOld = new Date(now.getTime() - this.settings.policy.maxAgeMs);
    const claimed: DueNotification[] = [];
    for (const channel of NOTIFICATION_CHANNELS) {
      const claim = async (dueBefore: Date, most: number): Promise<void> => {
        if (most <= 0) return;
        const terms = { channel, dueBefore, limit: most, leasedUntil };
        claimed.push(...(await this.queue.claimDue(unitOfWork, terms, now)));
      };
      if (this.breakers.isOut(channel)) await claim(tooOld, limit - claimed.length);
      await claim(now, this.breakers.of(channel).room(limit - claimed.length));
    }
    return claimed;
  }

  async perform(item: DueNotification, signal: AbortSignal): Promise<DeliveryOutcome> {
    if (isExpired(item.createdAt, this.clock.now(), this.settings.policy)) {
      return { kind: 'expired', error: 'too old to be sent' };
    }
    return this.courier.deliver(item, signal);
  }

  failed(_item: DueNotification, error: unknown): DeliveryOutcome {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return { kind: 'unreachable', error: 'no answer in time' };
    }
    this.logger.error('a notification could not be made into a message', { err: error });
    return { kind: 'deferred', error: error instanceof Error ? error.name : 'unknown error' };
  }

  async settle(unitOfWork: UnitOfWork, results: readonly Result[]): Promise<void> {
    const now = this.clock.now();
    const cancelled = await this.cancelledAmong(unitOfWork, results);
    const settled = results.map(({ item, outcome }) => {
      const context = { orderCancelled: cancelled.has(item.orderId), now, policy: this.settings.policy };
      return {
        id: item.id,
        orderId: item.orderId,
        item,
        settlement: settle(item, outcome, { ...context, random: Math.random() }),
      };
    });
    const recorded = await this.queue.settle(unitOfWork, settled, now);
    for (const { id, item, settlement } of settled) if (recorded.has(id)) announce(unitOfWork, item, settlement);
    const moved = settled.filter(
      ({ settlement }) => settlement.status !== 'pending' || settlement.heldBy !== undefined,
    );
    unitOfWork.afterCommit(() => this.releaseSoon(moved.map(({ item }) => item.orderId)));
  }

  /** Whatever has waited for a message of these orders may be able to go now. Should this fail, the sweep finds it. */
  releaseSoon(orderIds: readonly string[]): void {
    if (orderIds.length === 0) return;
    void this.release([...new Set(orderIds)].sort()).catch((error: unknown) => {
      this.logger.debug(`successors are left to the sweep: ${error instanceof Error ? error.message : 'unknown'}`);
    });
  }

  private async release(orderIds: readonly string[]): Promise<void> {
    const waiting = await this.queue.ordersWithWaiting(orderIds);
    if (waiting.length === 0) return;
    await this.transactions.run(async (unitOfWork) => {
      // At most one message per order and channel can go.
      const lease = this.leaseFor(waiting.flatMap(() => NOTIFICATION_CHANNELS.map((channel) => ({ channel }))));
      const released = await this.queue.release(unitOfWork, waiting, lease);
      unitOfWork.afterCommit(() => this.offer(released));
    });
  }

  /** Only what would be tried again can still be given up for a cancellation. */
  private cancelledAmong(unitOfWork: UnitOfWork, results: readonly Result[]): Promise<Set<string>> {
    const retried = results.filter(
      ({ item, outcome }) =>
        ['deferred', 'unreachable', 'waiting'].includes(outcome.kind) && isSupersededByCancellation(item.type),
    );
    const orderIds = retried.map(({ item }) => item.orderId);
    return this.queue.cancelledAmong(unitOfWork, orderIds);
  }
}

function announce(unitOfWork: UnitOfWork, item: DueNotification, { announce: what, attempts }: Settlement): void {
  if (what === undefined) return;
  const { orderId, cause } = item;
  const payload = {
    notification_id: item.id,
    user_id: item.userId,
    notification_type: item.type,
    channel: item.channel,
    attempts,
  };
  if (what === 'sent') unitOfWork.publish(NotificationSent, { orderId, payload, cause });
  else unitOfWork.publish(NotificationFailed, { orderId, payload: { ...payload, reason: what }, cause });
}
