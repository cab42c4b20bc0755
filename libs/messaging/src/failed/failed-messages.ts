import { Clock, Ids } from '@app/platform';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { orderIdOf, type ConsumedRecord } from '../record/consumed-record';
import { DeadLetters } from './dead-letters';
import { errorColumns, type FailedAttempt } from './failed-message';
import { FailedMessageAttemptEntity } from './failed-message-history.entity';
import { FailedMessageEntity } from './failed-message.entity';
import type { DeadLetterReason, FailedMessageStatus } from './failed-message-states';
import { blocksOrder } from './failure';
import { MessagingOptions } from '../messaging-options';
import { deskRetriesOf, statusWhenGivenUp } from './retry-rules';
import { headersAsBase64 } from '../unit-of-work/stored-headers';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** How soon a message is tried again that waits for somebody else's lock, in milliseconds. */
export const LOCKED_FOR_MS = 500;

const ATTEMPTS = rowSet(columnsOf(FailedMessageAttemptEntity, 'at', 'error_class', 'error_message'), 23);

const INSERT = `
  WITH stored AS (
    INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
      event_id, order_id, status, blocks_order, reason, error_class, error_message, error_stack, attempts, desk_retries,
      first_failure_at, last_failure_at, next_attempt_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT (consumer_group, topic, partition, "offset", "timestamp") DO NOTHING RETURNING id
  ), history AS (
    INSERT INTO failed_message_attempts (failed_message_id, number, kind, at, error_class, error_message)
    SELECT stored.id, a.n, 'handling', a.at, a.error_class, a.error_message
    FROM stored, ${ATTEMPTS.numbered('a')}
  )
  SELECT id FROM stored`;

const WAITING = rowSet(
  {
    ...columnsOf(FailedMessageEntity, 'id', 'topic', 'partition', 'offset', 'timestamp', 'key', 'value', 'headers'),
    ...columnsOf(FailedMessageEntity, 'event_id', 'order_id', 'desk_retries'),
  },
  3,
);

const WAIT = `
  INSERT INTO failed_messages (${WAITING.columns()}, consumer_group, status, blocks_order, attempts, next_attempt_at)
  SELECT ${WAITING.columns()}, $1, 'waiting', true, 0, $2
  FROM ${WAITING.numbered('w')}
  ORDER BY n
  ON CONFLICT (consumer_group, topic, partition, "offset", "timestamp") DO NOTHING`;

/** Puts messages aside that could not be handled: their rows, and the dead letters of those that are given up. */
@Injectable()
export class FailedMessages {
  constructor(
    private readonly options: MessagingOptions,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Gives a record up at once: the row, and a copy on the service's dead-letter topic. */
  async deadLetter(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: { reason: DeadLetterReason; attempts: readonly FailedAttempt[] },
  ): Promise<void> {
    const { reason, attempts } = failure;
    const deskRetries = deskRetriesOf(record);
    const status = statusWhenGivenUp(deskRetries, this.options.deskRetryLimit);
    const inserted = await this.insert(unitOfWork, record, { reason, attempts, status, next: null });
    const [first, last] = [attempts[0], attempts.at(-1)];
    // Seen before (the offset was not committed): its dead letter exists.
    if (!inserted || first === undefined || last === undefined) return;
    await this.deadLetters.store(unitOfWork, record, {
      reason,
      error: last.error,
      attempts: attempts.length,
      deskRetries,
      firstFailureAt: first.at,
    });
  }

  /** Puts a failing record aside until `next`; later messages of its order wait behind it. */
  async retryLater(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: { attempts: readonly FailedAttempt[]; next: Date },
  ): Promise<void> {
    await this.insert(unitOfWork, record, { ...failure, reason: 'handler_failed', status: 'retrying' });
  }

  /** Parks records, in their order, behind parked messages of the same orders. No attempt is counted. */
  async parkBehind(unitOfWork: UnitOfWork, records: readonly ConsumedRecord[]): Promise<void> {
    await this.wait(unitOfWork, records, this.clock.now());
  }

  /** Parks records, in their order, while another transaction has locked the rows they need. No attempt is counted. */
  async waitForLocks(unitOfWork: UnitOfWork, records: readonly ConsumedRecord[]): Promise<void> {
    await this.wait(unitOfWork, records, new Date(this.clock.now().getTime() + LOCKED_FOR_MS));
  }

  private async wait(unitOfWork: UnitOfWork, records: readonly ConsumedRecord[], next: Date): Promise<void> {
    if (records.length === 0) return;
    await unitOfWork.query(WAIT, [
      this.options.service,
      next,
      ...WAITING.parameters(records.map((record) => waitingRow(this.ids.next(), record))),
    ]);
  }

  private async insert(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    row: {
      status: FailedMessageStatus;
      reason: DeadLetterReason;
      attempts: readonly FailedAttempt[];
      next: Date | null;
    },
  ): Promise<boolean> {
    const orderId = orderIdOf(record);
    const last = row.attempts.at(-1);
    const rows = await unitOfWork.query(INSERT, [
      this.ids.next(),
      this.options.service,
      record.topic,
      record.partition,
      record.offset,
      record.timestamp,
      record.key,
      record.value,
      JSON.stringify(headersAsBase64(record.headers)),
      record.decoded.ok ? record.decoded.event.id : null,
      orderId,
      row.status,
      orderId !== null && row.reason === 'handler_failed' && blocksOrder(last?.error),
      row.reason,
      ...(last === undefined ? [null, null, null] : errorColumns(last.error)),
      row.attempts.length,
      deskRetriesOf(record),
      row.attempts[0]?.at ?? null,
      last?.at ?? null,
      row.next,
      ...ATTEMPTS.parameters(row.attempts.map(attemptRow)),
    ]);
    return rows.length > 0;
  }
}

function waitingRow(id: string, record: ConsumedRecord) {
  const { topic, partition, offset, timestamp, key, value, decoded } = record;
  return {
    ...{ id, topic, partition, offset, timestamp, key, value },
    headers: headersAsBase64(record.headers),
    event_id: decoded.ok ? decoded.event.id : null,
    order_id: orderIdOf(record),
    desk_retries: deskRetriesOf(record),
  };
}

function attemptRow({ at, error }: FailedAttempt) {
  const [error_class, error_message] = errorColumns(error);
  return { at, error_class, error_message };
}
