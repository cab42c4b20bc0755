import { NOTIFICATION_CHANNELS, NotificationFailed, NotificationSent } from '@app/events';
import {
  type CallDescription,
  type DueBacklog,
  type DueWork,
  type DueWorker,
  DueWorkers,
  Transactions,
  type UnitOfWork,
} from '@app/messaging';
import { Chance, Clock, messageOf } from '@app/platform';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { DeliverySettings } from '../delivery/delivery-settings';
import { MessageCourier, type Delivery } from '../delivery/message-courier';
import { ProviderBreakers } from '../delivery/provider-breakers';
import { ANSWER_MARGIN_MS, isExpired, isUsedUp, settle, type Settlement } from '../domain/delivery-settlement';
import { isSupersededByCancellation } from '../domain/notification';
import { DeliveryQueueRepository } from '../persistence/delivery-queue.repository';
import type { DueNotification } from '../persistence/due-notification';
import { NotificationMetrics } from '../metrics/notification-metrics';

interface Result {
  readonly item: DueNotification;
  readonly outcome: Delivery;
}

/** After these the next message of an order may go. */
const THROUGH: ReadonlySet<Delivery['outcome']['kind']> = new Set(['sent', 'logged', 'rejected', 'expired']);

/** How long the end of the process is put off for answers that are late already. */
const LAST_ANSWERS_MS = 3_000;

/** Delivers what is due, and records and announces what became of it. */
@Injectable()
export class DeliverNotifications implements DueWork<DueNotification, Delivery>, OnModuleDestroy {
  readonly name = 'notifications';
  readonly succession = {
    isThrough: ({ outcome: { kind } }: Delivery) => THROUGH.has(kind),
    notYet: (): Delivery => ({ outcome: { kind: 'waiting' } }),
  };
  private readonly logger = new Logger(DeliverNotifications.name);
  private readonly worker: DueWorker<DueNotification, Delivery>;
  private readonly lateAnswers = new Set<Promise<void>>();

  constructor(
    workers: DueWorkers,
    private readonly queue: DeliveryQueueRepository,
    private readonly courier: MessageCourier,
    private readonly breakers: ProviderBreakers,
    private readonly settings: DeliverySettings,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly metrics: NotificationMetrics,
  ) {
    this.worker = workers.create<DueNotification, Delivery>(this, settings.limits);
  }

  /** As `DueWorker.leaseFor`; nothing is taken on while a provider it needs is out. */
  leaseFor(items: readonly Pick<DueNotification, 'channel'>[]): { readonly dueAt: Date; readonly mine: boolean } {
    if (items.some(({ channel }) => this.breakers.isOut(channel))) return { dueAt: this.clock.now(), mine: false };
    return this.worker.leaseFor(items.length);
  }

  /** As `DueWorker.knows`. */
  holds(item: Pick<DueNotification, 'orderId' | 'id'>): boolean {
    return this.worker.holds(item);
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
      await claim(now, this.breakers.of(channel).capacity(limit - claimed.length));
    }
    return claimed;
  }

  backlog(now: Date): Promise<DueBacklog> {
    return this.queue.due(now);
  }

  async perform(item: DueNotification, signal: AbortSignal): Promise<Delivery> {
    const { policy } = this.settings;
    if (isExpired(item.createdAt, this.clock.now(), policy)) return expired('too old to be sent');
    if (isUsedUp(item, policy)) return expired('no answer to the last attempt');
    return this.courier.deliver(item, signal);
  }

  failed(_item: DueNotification, error: unknown): Delivery {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return { outcome: { kind: 'unknown', error: 'no answer in time' } };
    }
    this.logger.error('Notification could not be rendered', { err: error });
    return { outcome: { kind: 'deferred', error: error instanceof Error ? error.name : 'unknown error' } };
  }

  describe({ type, channel, attempts }: DueNotification, { outcome: { kind } }: Delivery): CallDescription {
    return {
      name: `send ${channel}`,
      attributes: {
        'server.service.name': channel === 'email' ? 'mail server' : 'SMS provider',
        'network.protocol.name': channel === 'email' ? 'smtp' : 'http',
        'app.notification.type': type,
        'app.notification.attempts': attempts,
        'app.notification.outcome': kind,
      },
      error: kind === 'sent' || kind === 'logged' ? undefined : { type: kind },
    };
  }

  async settle(unitOfWork: UnitOfWork, results: readonly Result[]): Promise<void> {
    const now = this.clock.now();
    const cancelled = await this.cancelledAmong(unitOfWork, results);
    const settled = results.map(({ item, outcome: { outcome } }) => {
      const context = { orderCancelled: cancelled.has(item.orderId), now, policy: this.settings.policy };
      return {
        id: item.id,
        orderId: item.orderId,
        item,
        settlement: settle(item, outcome, { ...context, random: this.chance.next() }),
      };
    });
    const ids = await this.queue.settle(unitOfWork, settled, now);
    const recorded = settled.filter(({ id }) => ids.has(id));
    for (const { item, settlement } of recorded) {
      announce(unitOfWork, item, settlement);
      noteAttempt(unitOfWork, item, settlement);
    }
    const counted = recorded.map(({ item: { channel }, settlement: { status } }) => ({ channel, status }));
    this.metrics.ended(unitOfWork, counted);
    const moved = settled.filter(
      ({ settlement }) => settlement.status !== 'pending' || settlement.heldBy === 'predecessor',
    );
    unitOfWork.afterCommit(() => {
      this.releaseSoon(moved.map(({ item }) => item.orderId));
      for (const { item, outcome } of results) if (outcome.answer !== undefined) this.follow(item, outcome);
    });
  }

  /** Late answers get a moment more; what is still open then ends, and is recorded, as unknown. */
  async onModuleDestroy(): Promise<void> {
    if (this.lateAnswers.size === 0) return;
    const all = Promise.all(this.lateAnswers);
    await Promise.race([all, delay(LAST_ANSWERS_MS, undefined, { ref: false })]);
    this.courier.stopWaiting();
    await Promise.race([all, delay(LAST_ANSWERS_MS, undefined, { ref: false })]);
  }

  /** What has been recorded as unanswered gets its end when the answer comes. */
  private follow(item: DueNotification, { outcome, answer }: Delivery): void {
    if (answer === undefined || outcome.kind !== 'unanswered') return;
    const begun = this.clock.now().getTime();
    const following = answer
      .then(async (late) => {
        // Another worker may have the message by then. What was sent was sent, though.
        const isInTime = (): boolean => this.clock.now().getTime() - begun < outcome.withinMs + ANSWER_MARGIN_MS;
        if (late.kind !== 'sent' && !isInTime()) return;
        await this.transactions.run((unitOfWork) => this.settle(unitOfWork, [{ item, outcome: { outcome: late } }]));
      })
      .catch((error: unknown) => {
        const why = messageOf(error);
        this.logger.warn(`Late answer not recorded; the message still counts as unanswered: ${why}`, {
          notification_id: item.id,
        });
      })
      .finally(() => this.lateAnswers.delete(following));
    this.lateAnswers.add(following);
  }

  /** Whatever has waited for a message of these orders may be able to go now. Should this fail, the sweep finds it. */
  releaseSoon(orderIds: readonly string[]): void {
    if (orderIds.length === 0) return;
    void this.release([...new Set(orderIds)].sort()).catch((error: unknown) => {
      this.logger.debug(`Next notifications not released; the sweep will release them: ${messageOf(error)}`);
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
      ({ item, outcome: { outcome } }) =>
        ['deferred', 'unknown', 'unreachable', 'waiting'].includes(outcome.kind) &&
        isSupersededByCancellation(item.type),
    );
    const orderIds = retried.map(({ item }) => item.orderId);
    return this.queue.cancelledAmong(unitOfWork, orderIds);
  }
}

const expired = (error: string): Delivery => ({ outcome: { kind: 'expired', error } });

/** An attempt after which the message is still to be sent, or which reached nobody; one that waits for another is none. */
function noteAttempt(
  unitOfWork: UnitOfWork,
  item: DueNotification,
  { status, attempts, dueAt, error }: Settlement,
): void {
  const { orderId, cause, type, channel, id } = item;
  const fields = { notification_id: id, notification_type: type, channel, attempts };
  const what = `${channel === 'email' ? 'E-mail' : 'SMS'} ${type.replaceAll('_', ' ')}`;
  if (status === 'logged') unitOfWork.note({ orderId, cause, message: `${what} written to the log only`, fields });
  if (status !== 'pending' || error === undefined || dueAt === undefined) return;
  const next_attempt_at = dueAt.toISOString();
  unitOfWork.note({
    orderId,
    cause,
    message: `${what} not sent, next attempt at ${next_attempt_at}: ${error}`,
    fields: { ...fields, next_attempt_at },
  });
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
