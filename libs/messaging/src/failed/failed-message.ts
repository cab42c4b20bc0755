import type { EventCatalogue } from '@app/cloudevents';
import { selectList } from '@app/postgres';
import { toConsumedRecord, type ConsumedRecord } from '../record/consumed-record';
import { headersFromBase64 } from '../unit-of-work/stored-headers';
import { FailedMessageEntity } from './failed-message.entity';

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

const REBUILT = [
  'id',
  'topic',
  'partition',
  'offset',
  'timestamp',
  'key',
  'value',
  'headers',
  'attempts',
  'desk_retries',
  'from_desk',
  'order_id',
  'first_failure_at',
] as const satisfies (keyof FailedMessageEntity)[];

/** What a message is rebuilt from. */
export type FailedMessageRow = Pick<FailedMessageEntity, (typeof REBUILT)[number]>;

export const FAILED_MESSAGE_COLUMNS = selectList(FailedMessageEntity, ...REBUILT);

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
    // PostgreSQL's text cannot hold it, and a poison record may well quote one.
    text.replaceAll('\u0000', '\uFFFD'),
  ) as [string, string, string];
}
