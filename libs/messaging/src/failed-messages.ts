import type { DecodingFailure } from '@app/events';
import { Clock, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { deadLetterHeaders } from './dead-letter-headers';
import { orderIdOf, toConsumedRecord, type ConsumedRecord } from './consumed-record';
import { MessagingOptions } from './messaging-options';
import { Outbox } from './outbox';
import { deadLetterTopicOf } from '@app/events';
import type { UnitOfWork } from './unit-of-work';

/** `x-reason` of a dead letter. */
export type DeadLetterReason = DecodingFailure | 'handler_failed';

/**
 * - `retrying`: failed, and will be tried again at `next_attempt_at`.
 * - `waiting`: never tried; an earlier message of the same order stands before it.
 * - `dead_lettered`: given up; stays for a person to retry or discard.
 * - `resolved`, `discarded`: done with.
 */
export type FailedMessageStatus = 'retrying' | 'waiting' | 'dead_lettered' | 'resolved' | 'discarded';

/** A message that was put aside, rebuilt from its row. */
export interface FailedMessage {
  readonly id: string;
  readonly attempts: number;
  readonly firstFailureAt: Date | null;
  readonly record: ConsumedRecord;
}

interface FailedMessageRow {
  id: string;
  topic: string;
  partition: number;
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string | string[]>;
  attempts: number;
  first_failure_at: Date | null;
}

const INSERT = `
  INSERT INTO failed_messages (id, consumer_group, topic, partition, "offset", "timestamp", key, value, headers,
    event_id, order_id, status, blocks_order, reason, error_class, error_message, error_stack, attempts,
    first_failure_at, last_failure_at, next_attempt_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)
  ON CONFLICT (consumer_group, topic, partition, "offset", "timestamp") DO NOTHING RETURNING id`;

/*
 * Only the first unfinished message of an order may be tried. A dead letter whose order it blocks counts as unfinished:
 * what came after it waits until a person has decided.
 */
const CLAIM_DUE = `
  SELECT id, topic, partition, "offset", "timestamp", key, value, headers, attempts, first_failure_at
  FROM failed_messages f
  WHERE consumer_group = $1 AND status IN ('retrying', 'waiting') AND next_attempt_at <= $2
    AND NOT EXISTS (
      SELECT 1 FROM failed_messages e
      WHERE e.consumer_group = f.consumer_group AND e.order_id = f.order_id AND e.blocks_order AND e.position < f.position)
  ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** The rows of messages that could not be handled, and their dead letters. */
@Injectable()
export class FailedMessages {
  constructor(
    private readonly options: MessagingOptions,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Gives a record up at once: the row, and a copy on the service's dead-letter topic. */
  async deadLetter(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: { reason: DeadLetterReason; error: Error; attempts: number },
  ): Promise<void> {
    const now = this.clock.now();
    const inserted = await this.insert(unitOfWork, record, {
      ...failure,
      status: 'dead_lettered',
      at: now,
      next: null,
    });
    // Seen before (the offset was not committed): its dead letter exists.
    if (inserted) await this.storeDeadLetter(unitOfWork, record, { ...failure, firstFailureAt: now });
  }

  /** Puts a failing record aside until `next`; later messages of its order wait behind it. */
  async retryLater(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: { error: Error; attempts: number; next: Date },
  ): Promise<void> {
    const at = this.clock.now();
    await this.insert(unitOfWork, record, { ...failure, reason: 'handler_failed', status: 'retrying', at });
  }

  /** Puts an innocent record behind the failed message of its order. */
  async waitBehind(unitOfWork: UnitOfWork, record: ConsumedRecord): Promise<void> {
    await this.insert(unitOfWork, record, {
      status: 'waiting',
      reason: null,
      error: null,
      attempts: 0,
      at: null,
      next: this.clock.now(),
    });
  }

  /** Locks the message that is due next and is first in its order's queue; undefined when there is none. */
  async claimDue(unitOfWork: UnitOfWork): Promise<FailedMessage | undefined> {
    const [row] = await unitOfWork.query<FailedMessageRow>(CLAIM_DUE, [this.options.service, this.clock.now()]);
    return row === undefined ? undefined : toFailedMessage(row);
  }

  /** The message has been handled, in this very transaction. */
  async resolve(unitOfWork: UnitOfWork, message: FailedMessage): Promise<void> {
    await unitOfWork.query(
      `UPDATE failed_messages SET status = 'resolved', blocks_order = false, next_attempt_at = NULL, resolved_at = $2
       WHERE id = $1`,
      [message.id, this.clock.now()],
    );
  }

  /** Another try failed: `next` says when to try again, null gives the message up. */
  async failedAgain(
    unitOfWork: UnitOfWork,
    message: FailedMessage,
    failure: { error: Error; attempts: number; next: Date | null },
  ): Promise<void> {
    const now = this.clock.now();
    const rows = await unitOfWork.query(
      `UPDATE failed_messages SET status = $3, attempts = $4, next_attempt_at = $5, reason = 'handler_failed',
         error_class = $6, error_message = $7, error_stack = $8, last_failure_at = $9,
         first_failure_at = coalesce(first_failure_at, $9)
       WHERE id = $1 AND attempts = $2 AND status IN ('retrying', 'waiting') RETURNING id`,
      [
        message.id,
        message.attempts,
        failure.next === null ? 'dead_lettered' : 'retrying',
        failure.attempts,
        failure.next,
        ...errorColumns(failure.error),
        now,
      ],
    );
    if (rows.length === 0 || failure.next !== null) return;
    await this.storeDeadLetter(unitOfWork, message.record, {
      ...failure,
      reason: 'handler_failed',
      firstFailureAt: message.firstFailureAt ?? now,
    });
  }

  private async insert(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    row: {
      status: FailedMessageStatus;
      reason: DeadLetterReason | null;
      error: Error | null;
      attempts: number;
      at: Date | null;
      next: Date | null;
    },
  ): Promise<boolean> {
    const orderId = orderIdOf(record);
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
      orderId !== null && (row.reason === null || row.reason === 'handler_failed'),
      row.reason,
      ...(row.error === null ? [null, null, null] : errorColumns(row.error)),
      row.attempts,
      row.at,
      row.next,
    ]);
    return rows.length > 0;
  }

  private async storeDeadLetter(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: { reason: DeadLetterReason; error: Error; attempts: number; firstFailureAt: Date },
  ): Promise<void> {
    const added = deadLetterHeaders(record, { ...failure, consumerGroup: this.options.service });
    const id = this.ids.next();
    await this.outbox.storeRaw(unitOfWork, [
      {
        id,
        topic: deadLetterTopicOf(this.options.service),
        key: record.key,
        value: record.value,
        headers: { ...headersAsBase64(record.headers), ...headersAsBase64(added) },
      },
    ]);
    unitOfWork.wakeRelay();
  }
}

function errorColumns(error: Error): [string, string, string] {
  return [error.constructor.name, error.message.slice(0, 1_000), (error.stack ?? '').slice(0, 4_096)].map((text) =>
    // PostgreSQL's text can not hold it, and a poison record may well quote one.
    text.replaceAll('\u0000', '\uFFFD'),
  ) as [string, string, string];
}

function headersAsBase64(headers: ConsumedRecord['headers']): Record<string, string | string[]> {
  const encode = (value: Buffer | string): string => Buffer.from(value).toString('base64');
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.map(encode) : encode(value)]],
    ),
  );
}

function toFailedMessage(row: FailedMessageRow): FailedMessage {
  const decode = (value: string): Buffer => Buffer.from(value, 'base64');
  const headers = Object.fromEntries(
    Object.entries(row.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(decode) : decode(value),
    ]),
  );
  const { topic, partition, offset, timestamp, key, value } = row;
  return {
    id: row.id,
    attempts: row.attempts,
    firstFailureAt: row.first_failure_at,
    record: toConsumedRecord(topic, partition, { offset, timestamp, key, value, headers, attributes: 0 }),
  };
}
