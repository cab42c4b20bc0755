import { asError, backoff, bisect, Clock, Outage, repeatedly, runWithLogContext } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { AroundLocks } from '../unit-of-work/around-locks';
import { logContextOf } from '../record/consumed-record';
import { byTopic, firstCopies } from '../record/event-groups';
import type { FailedMessage } from '../failed/failed-message';
import type { DeadLetterReason } from '../failed/failed-message-states';
import { classifyFailure, PermanentFailure } from '../failed/failure';
import { Inbox } from '../consumer/inbox';
import { type BatchSpans, entered, ProcessSpans } from '../consumer/process-spans';
import { KafkaEventServer } from '../consumer/kafka-event-server';
import { MessagingOptions } from '../messaging-options';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { RetryQueue } from './retry-queue';
import { afterFailure } from '../failed/retry-rules';
import { Transactions } from '../unit-of-work/transactions';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

const IDLE_INTERVAL_MS = 1_000;
const PRUNE_INTERVAL_MS = 60_000;
const BATCH_SIZE = 100;

/**
 * Tries messages again that were put aside, when their time has come and nothing older of the same order stands before
 * them. A batch of them shares a transaction and is halved when it fails, as on their first way in. Attempts are counted in
 * the row and each message is claimed by one process, so replicas share the work without multiplying it; what a process
 * that dies had claimed goes on elsewhere after some seconds.
 */
@Injectable()
export class RetryWorker {
  private readonly logger = new Logger(RetryWorker.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private readonly locks: AroundLocks;
  private lastPrune = 0;

  constructor(
    private readonly options: MessagingOptions,
    private readonly transactions: Transactions,
    private readonly queue: RetryQueue,
    private readonly inbox: Inbox,
    private readonly server: KafkaEventServer,
    private readonly clock: Clock,
    private readonly metrics: MessagingMetrics,
    private readonly spans: ProcessSpans,
  ) {
    this.locks = new AroundLocks(transactions);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the transaction in hand and gives the rest back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    await repeatedly(() => this.round(), {
      everyMs: IDLE_INTERVAL_MS,
      stopping: this.stopping.signal,
      outage: new Outage(this.logger, {
        failing: 'Parked messages are not retried; trying again',
        working: 'Parked messages are retried again',
      }),
    });
    // Other replicas need not wait for the claims to expire; if this fails, they do.
    await this.transactions.run((unitOfWork) => this.queue.release(unitOfWork)).catch(() => undefined);
  }

  private async round(): Promise<void> {
    while ((await this.tryNext()) && !this.stopping.signal.aborted);
    await this.pruneInbox();
  }

  /** @returns whether there was a message to try. */
  private async tryNext(): Promise<boolean> {
    const messages = await this.transactions.run((unitOfWork) => this.queue.claimDue(unitOfWork, BATCH_SIZE));
    const unreadable = messages.filter(({ record }) => !record.decoded.ok);
    const newlyReadable = messages.filter(({ record, orderId }) => record.decoded.ok && orderId === null);
    const ready = messages.filter(({ record, orderId }) => record.decoded.ok && orderId !== null);
    for (const message of unreadable) await this.recordUnreadable(message);
    if (newlyReadable.length > 0) {
      await this.transactions.run(async (unitOfWork) =>
        this.queue.enqueue(unitOfWork, await this.queue.hold(unitOfWork, newlyReadable)),
      );
    }
    await this.handle(ready);
    return messages.length > 0;
  }

  private async handle(messages: readonly FailedMessage[]): Promise<void> {
    await bisect(messages, {
      together: (some) => this.handleFree(some),
      alone: (message, error) => this.recordFailure(message, 'handler_failed', error),
      isTheirs: (error) => !['infrastructure', 'blocked'].includes(classifyFailure(error)),
    });
  }

  private async handleFree(messages: readonly FailedMessage[]): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const spans = this.spans.begin(messages.map(({ record }) => record));
    try {
      await this.locks.run(
        messages,
        ({ orderId }) => orderId,
        async (unitOfWork, free, heldUp) => {
          await this.handleTogether(unitOfWork, free, spans);
          await this.queue.postpone(unitOfWork, await this.queue.hold(unitOfWork, heldUp));
        },
        () => !this.stopping.signal.aborted,
      );
    } catch (error) {
      spans?.failed(error);
      throw error;
    }
  }

  private async handleTogether(
    unitOfWork: UnitOfWork,
    messages: readonly FailedMessage[],
    spans: BatchSpans | undefined,
  ): Promise<void> {
    const held = await this.queue.hold(unitOfWork, messages);
    const handled = held.flatMap(({ record }) => (record.decoded.ok ? [{ record, event: record.decoded.event }] : []));
    // Admitted for themselves, not by `admit`: their own rows are what blocks their orders.
    const fresh = await this.inbox.admitRetried(
      unitOfWork,
      handled.map(({ event }) => event.id),
    );
    const events = entered(spans, unitOfWork, firstCopies(handled, fresh));
    for (const [topic, group] of byTopic(events, this.options.catalogue)) {
      await this.server.dispatch(topic, group, unitOfWork);
    }
    await this.queue.resolve(unitOfWork, held);
    for (const message of held) noteSuccess(unitOfWork, message);
    // What only waited behind another message was not attempted before.
    const again = held.filter(({ attempts }) => attempts > 0).map(({ record }) => record);
    unitOfWork.afterCommit(() => this.metrics.retried(again));
  }

  private async recordUnreadable(message: FailedMessage): Promise<void> {
    const { decoded } = message.record;
    if (!decoded.ok) await this.recordFailure(message, decoded.reason, new PermanentFailure(decoded.detail));
  }

  private async recordFailure(message: FailedMessage, reason: DeadLetterReason, cause: unknown): Promise<void> {
    const error = asError(cause);
    const decision = afterFailure(message, classifyFailure(error) === 'permanent', this.options);
    const next =
      decision.status === 'retrying'
        ? new Date(this.clock.now().getTime() + backoff(0, decision.delayMs, Infinity))
        : null;
    const { topic, offset } = message.record;
    runWithLogContext(logContextOf(message.record), () =>
      this.logger.error(`Retry failed; message is now ${decision.status}`, {
        topic,
        offset,
        attempts: decision.attempts,
        err: error,
      }),
    );
    await this.transactions.run((unitOfWork) =>
      this.queue.failedAgain(unitOfWork, message, { reason, error, decision, next }),
    );
    if (message.attempts > 0) this.metrics.retried([message.record]);
  }

  private async pruneInbox(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.lastPrune < PRUNE_INTERVAL_MS) return;
    this.lastPrune = now;
    while (
      !this.stopping.signal.aborted &&
      (await this.transactions.run((unitOfWork) => this.inbox.prune(unitOfWork)))
    );
  }
}

function noteSuccess(unitOfWork: UnitOfWork, { record: { decoded }, attempts }: FailedMessage): void {
  if (!decoded.ok) return;
  const { id, type, orderId, cause } = decoded.event;
  const message = `${type} handled after it had been put aside`;
  unitOfWork.note({ orderId, cause, message, fields: { event: type, event_id: id, attempts } });
}
