import type { EventEnvelope } from '@app/cloudevents';
import { asError, backoff, bisect, Clock, runWithLogContext, sleep } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { AroundLocks } from '../unit-of-work/around-locks';
import type { BatchControl } from './batch-control';
import { logContextOf, orderIdOf, type ConsumedRecord } from '../record/consumed-record';
import { byTopic, firstCopies } from '../record/event-groups';
import type { FailedAttempt } from '../failed/failed-message';
import { FailedMessages } from '../failed/failed-messages';
import { classifyFailure, PermanentFailure } from '../failed/failure';
import { Inbox } from './inbox';
import { type BatchSpans, entered, type Handled, ProcessSpans } from './process-spans';
import { MessagingOptions } from '../messaging-options';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { Transactions } from '../unit-of-work/transactions';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** Hands the events of one topic to the application's handler, inside the given unit of work. */
export type HandleEvents = (topic: string, events: readonly EventEnvelope[], unitOfWork: UnitOfWork) => Promise<void>;

/**
 * Gives a batch of records its effect. Everything normally happens in one transaction: inbox, handlers, outbox, dead
 * letters of what cannot be read. When that fails because of a message, the batch is halved until the failing message
 * stands alone; then that message is tried a few times more, and put aside. When somebody else has locked rows, the orders that
 * need them wait in the database, no attempt counted, and the others go on.
 */
@Injectable()
export class EventBatchProcessor {
  private readonly logger = new Logger(EventBatchProcessor.name);
  private readonly locks: AroundLocks;

  constructor(
    private readonly options: MessagingOptions,
    private readonly transactions: Transactions,
    private readonly inbox: Inbox,
    private readonly failedMessages: FailedMessages,
    private readonly clock: Clock,
    private readonly metrics: MessagingMetrics,
    private readonly spans: ProcessSpans,
  ) {
    this.locks = new AroundLocks(transactions);
  }

  /**
   * Resolves when every record is handled, known from before, or safely put aside, so that its offset may be committed.
   * @throws only when that could not be made sure of (infrastructure down, or interrupted between two tries): then none of
   * the records may be skipped.
   */
  async process(records: readonly ConsumedRecord[], handle: HandleEvents, control: BatchControl): Promise<void> {
    await bisect(records, {
      together: async (some) => {
        await this.handleFree(some, handle, control);
        control.progressed();
      },
      alone: (record, error) => this.handleAlone(record, handle, error, control),
      isTheirs: (error) => !mayNotGoOn(error, control),
    });
  }

  private async handleFree(
    records: readonly ConsumedRecord[],
    handle: HandleEvents,
    control: BatchControl,
  ): Promise<void> {
    const spans = this.spans.begin(records);
    try {
      await this.locks.run(
        records,
        orderIdOf,
        async (unitOfWork, free, heldUp) => {
          await this.handleTogether(unitOfWork, free, handle, spans);
          await this.failedMessages.waitForLocks(unitOfWork, heldUp);
        },
        () => !control.interrupted(),
      );
    } catch (error) {
      spans?.failed(error);
      throw error;
    }
  }

  private async handleTogether(
    unitOfWork: UnitOfWork,
    records: readonly ConsumedRecord[],
    handle: HandleEvents,
    spans: BatchSpans | undefined,
  ): Promise<void> {
    const readable: Handled[] = [];
    for (const record of records) {
      if (record.decoded.ok) readable.push({ record, event: record.decoded.event });
      else await this.deadLetterUnreadable(unitOfWork, record, record.decoded);
    }
    const { fresh, parkedOrders } = await this.inbox.admit(
      unitOfWork,
      readable.map(({ event }) => event),
    );
    const behind = readable.filter(({ event }) => parkedOrders.has(event.orderId));
    for (const { event } of behind) noteWaiting(unitOfWork, event);
    await this.failedMessages.parkBehind(
      unitOfWork,
      behind.map(({ record }) => record),
    );
    const first = firstCopies(readable, fresh);
    const duplicates = readable.length - behind.length - first.length;
    if (duplicates > 0) unitOfWork.afterCommit(() => this.metrics.duplicated(duplicates));
    for (const [topic, group] of byTopic(entered(spans, unitOfWork, first), this.options.catalogue)) {
      await handle(topic, group, unitOfWork);
    }
  }

  private async deadLetterUnreadable(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: Extract<ConsumedRecord['decoded'], { ok: false }>,
  ): Promise<void> {
    const { topic, partition, offset } = record;
    this.logger.warn(`Record dead-lettered: ${failure.reason}`, {
      topic,
      partition,
      offset,
      detail: failure.detail,
    });
    const error = new PermanentFailure(failure.detail);
    await this.failedMessages.deadLetter(unitOfWork, record, {
      reason: failure.reason,
      attempts: [{ at: this.clock.now(), error }],
    });
  }

  private async handleAlone(
    record: ConsumedRecord,
    handle: HandleEvents,
    first: unknown,
    control: BatchControl,
  ): Promise<void> {
    let last = this.attempt(first);
    const attempts = [last];
    while (classifyFailure(last.error) === 'transient' && attempts.length <= this.options.immediateRetries) {
      await sleep(backoff(attempts.length, 20, 200));
      try {
        await this.handleFree([record], handle, control);
        return control.progressed();
      } catch (again) {
        if (mayNotGoOn(again, control)) throw again;
        last = this.attempt(again);
        attempts.push(last);
      }
    }
    await this.park(record, last.error, attempts);
    control.progressed();
  }

  private attempt(cause: unknown): FailedAttempt {
    return { at: this.clock.now(), error: asError(cause) };
  }

  private async park(record: ConsumedRecord, error: Error, attempts: readonly FailedAttempt[]): Promise<void> {
    const permanent = classifyFailure(error) === 'permanent';
    const { topic, partition, offset } = record;
    await runWithLogContext(logContextOf(record), async () => {
      this.logger.error(`Handler failed; message ${permanent ? 'dead-lettered' : 'parked for a retry'}`, {
        topic,
        partition,
        offset,
        attempts: attempts.length,
        err: error,
      });
      await this.transactions.run((unitOfWork) =>
        permanent
          ? this.failedMessages.deadLetter(unitOfWork, record, { reason: 'handler_failed', attempts })
          : this.failedMessages.retryLater(unitOfWork, record, { attempts, next: this.firstDelay() }),
      );
    });
  }

  private firstDelay(): Date {
    return new Date(this.clock.now().getTime() + backoff(0, this.options.retryDelaysMs[0] ?? 0, Infinity));
  }
}

function noteWaiting(unitOfWork: UnitOfWork, { id, type, orderId, cause }: EventEnvelope): void {
  const message = `${type} waits behind an earlier message of the order that could not be handled`;
  unitOfWork.note({ orderId, cause, message, fields: { event: type, event_id: id } });
}

/** Nothing may be held against a message while its surroundings fail or go away. */
function mayNotGoOn(error: unknown, control: BatchControl): boolean {
  return ['infrastructure', 'blocked'].includes(classifyFailure(error)) || control.interrupted();
}
