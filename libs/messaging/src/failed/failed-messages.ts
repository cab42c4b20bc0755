import { Clock, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { orderIdOf, type ConsumedRecord } from '../record/consumed-record';
import { DeadLetters } from './dead-letters';
import { errorColumns, type FailedAttempt } from './failed-message';
import type { DeadLetterReason, FailedMessageStatus } from './failed-message-states';
import { blocksOrder } from './failure';
import { MessagingOptions } from '../messaging-options';
import { deskRetriesOf, statusWhenGivenUp } from './retry-rules';
import { headersAsBase64 } from '../unit-of-work/stored-headers';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** How soon a message is tried again that waits for somebody else's lock, in milliseconds. */
export const LOCKED_FOR_MS = 500;

const INSERT = `
  WITH stored AS (
    INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
      event_id, order_id, status, blocks_order, reason, error_class, error_message, error_stack, attempts, desk_retries,
      first_failure_at, last_failure_at, next_attempt_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT (consumer_group, topic, partition, "offset", "timestamp") DO NOTHING RETURNING id
  ), history AS (
    INSERT INTO failed_message_attempts (failed_message_id, number, kind, at, error_class, error_message)
    SELECT stored.id, number, 'handling', at, error_class, error_message
    FROM stored, unnest($23::timestamptz[], $24::text[], $25::text[])
      WITH ORDINALITY AS a (at, error_class, error_message, number)
  )
  SELECT id FROM stored`;

const WAIT = `
  INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
    event_id, order_id, status, blocks_order, attempts, desk_retries, next_attempt_at)
  SELECT w.id, $1, topic, partition, "offset", "timestamp", decode(key, 'base64'), decode(value, 'base64'), headers::json,
    event_id, order_id, 'waiting', true, 0, desk_retries, $2
  FROM unnest($3::uuid[], $4::text[], $5::integer[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[],
    $11::uuid[], $12::uuid[], $13::integer[])
    WITH ORDINALITY AS w (id, topic, partition, "offset", "timestamp", key, value, headers, event_id, order_id,
      desk_retries, n)
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
      records.map(() => this.ids.next()),
      records.map(({ topic }) => topic),
      records.map(({ partition }) => partition),
      records.map(({ offset }) => offset),
      records.map(({ timestamp }) => timestamp),
      records.map(({ key }) => key?.toString('base64') ?? null),
      records.map(({ value }) => value?.toString('base64') ?? null),
      records.map(({ headers }) => JSON.stringify(headersAsBase64(headers))),
      records.map(({ decoded }) => (decoded.ok ? decoded.event.id : null)),
      records.map(orderIdOf),
      records.map(deskRetriesOf),
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
    const errors = row.attempts.map(({ error }) => errorColumns(error));
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
      orderId !== null && row.reason === 'handler_failed' && blocksOrder(row.attempts.at(-1)?.error),
      row.reason,
      ...(errors.at(-1) ?? [null, null, null]),
      row.attempts.length,
      deskRetriesOf(record),
      row.attempts[0]?.at ?? null,
      row.attempts.at(-1)?.at ?? null,
      row.next,
      row.attempts.map(({ at }) => at),
      errors.map(([errorClass]) => errorClass),
      errors.map(([, message]) => message),
    ]);
    return rows.length > 0;
  }
}
