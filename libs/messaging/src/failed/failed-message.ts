import type { DecodingFailure, EventCatalogue } from '@app/cloudevents';
import { toConsumedRecord, type ConsumedRecord } from '../record/consumed-record';
import { headersFromBase64, type StoredHeaders } from '../record/stored-headers';

/** `x-reason` of a dead letter. */
export type DeadLetterReason = DecodingFailure | 'handler_failed';

export const DEAD_LETTER_REASONS = ['undecodable', 'unknown_type', 'invalid', 'handler_failed'] as const;

/**
 * - `retrying`: will be tried at `next_attempt_at`, by schedule or because the desk says so.
 * - `waiting`: has not failed; an earlier message of the same order stands before it, or somebody has locked a row it needs.
 * - `dead_lettered`: given up; stays for a person to retry or discard.
 * - `quarantined`: a dead letter that the desk has retried too often; bulk retries leave it alone.
 * - `resolved`, `discarded`: done with.
 */
export const FAILED_MESSAGE_STATUSES = [
  'retrying',
  'waiting',
  'dead_lettered',
  'quarantined',
  'resolved',
  'discarded',
] as const;
export type FailedMessageStatus = (typeof FAILED_MESSAGE_STATUSES)[number];

/** How an attempt came about: as the record was consumed, by the schedule of retries, or from the desk. */
export const ATTEMPT_KINDS = ['handling', 'retry', 'desk'] as const;
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** One attempt that failed. */
export interface FailedAttempt {
  readonly at: Date;
  readonly error: Error;
}

/** A message that was put aside, rebuilt from its row. */
export interface FailedMessage {
  readonly id: string;
  readonly attempts: number;
  readonly deskRetries: number;
  /** Whether it is tried because somebody at the desk asked for it. */
  readonly fromDesk: boolean;
  readonly firstFailureAt: Date | null;
  /** Null as long as the record could not be read. */
  readonly orderId: string | null;
  readonly record: ConsumedRecord;
}

export interface FailedMessageRow {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: StoredHeaders;
  readonly attempts: number;
  readonly desk_retries: number;
  readonly from_desk: boolean;
  readonly order_id: string | null;
  readonly first_failure_at: Date | null;
}

export const FAILED_MESSAGE_COLUMNS = `id, topic, partition, "offset", "timestamp", key, value, headers, attempts,
  desk_retries, from_desk, order_id, first_failure_at`;

export function toFailedMessage(row: FailedMessageRow, catalogue: EventCatalogue): FailedMessage {
  const { topic, partition, offset, timestamp, key, value } = row;
  const headers = headersFromBase64(row.headers);
  return {
    id: row.id,
    attempts: row.attempts,
    deskRetries: row.desk_retries,
    fromDesk: row.from_desk,
    firstFailureAt: row.first_failure_at,
    orderId: row.order_id,
    record: toConsumedRecord(catalogue, topic, partition, { offset, timestamp, key, value, headers, attributes: 0 }),
  };
}

/** Class, message and stack of an error, as they are stored. */
export function errorColumns(error: Error): [string, string, string] {
  return [error.constructor.name, error.message.slice(0, 1_000), (error.stack ?? '').slice(0, 4_096)].map((text) =>
    // PostgreSQL's text can not hold it, and a poison record may well quote one.
    text.replaceAll('\u0000', '\uFFFD'),
  ) as [string, string, string];
}
