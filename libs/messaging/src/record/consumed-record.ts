import { createHash } from 'node:crypto';
import { decodeRecord, type DecodedRecord, type EventCatalogue, type RawRecord } from '@app/cloudevents';
import type { LogContext } from '@app/platform';
import type { KafkaMessage } from 'kafkajs';
import {
  EXCERPT_BYTES,
  MAX_RECORD_BYTES,
  VALUE_BYTES_HEADER,
  VALUE_SHA256_HEADER,
} from '../kafka/compression/record-bounds';

/** A record of a batch, where it was found, and what it turned out to be. */
export interface ConsumedRecord extends RawRecord {
  readonly partition: number;
  readonly offset: string;
  /** Milliseconds since the epoch, as Kafka has it. */
  readonly timestamp: string;
  readonly decoded: DecodedRecord;
}

/** Stands in for records that the client could not read: the batch they are in, and from which of them on. */
export interface UnreadableRecords {
  readonly firstOffset: string;
  /** The batch as Kafka has it, compressed. */
  readonly bytes: Buffer;
  readonly error: Error;
}

/** A message as the patched client hands it over. */
export type FetchedMessage = Omit<KafkaMessage, 'size'> & {
  /** Bytes of the whole record. Unknown of one that was stored. */
  readonly size?: number;
  readonly unreadable?: UnreadableRecords;
};

/** Stands in the headers of a batch that could not be read: the first and the last offset of the records that are meant. */
export const UNREAD_OFFSETS_HEADER = 'x-unread-offsets';

/** Reads a Kafka message; never throws, whatever it contains, and keeps no more of it than is good for the process. */
export function toConsumedRecord(
  catalogue: EventCatalogue,
  topic: string,
  partition: number,
  message: FetchedMessage,
): ConsumedRecord {
  const { key, value, headers = {}, offset, timestamp } = message;
  if (message.unreadable !== undefined) return unreadableRecord(topic, partition, message, message.unreadable);
  if ((message.size ?? value?.length ?? 0) > MAX_RECORD_BYTES) return oversizeRecord(topic, partition, message);
  const incomplete = whatIsMissing(headers);
  const decoded = incomplete ?? decodeRecord({ topic, key, value, headers }, catalogue);
  return { topic, key, value, headers, partition, offset, timestamp, decoded };
}

/** The order a record belongs to, as far as that can be told: what waits behind a failed message is found by it. */
export function orderIdOf(record: ConsumedRecord): string | null {
  return record.decoded.ok ? record.decoded.event.orderId : null;
}

function undecodable(detail: string): DecodedRecord {
  return { ok: false, reason: 'undecodable', detail };
}

/** Whether this is what was kept of something: a retry must not take it for the whole. */
function whatIsMissing(headers: RawRecord['headers']): DecodedRecord | undefined {
  const bytes = headers[VALUE_BYTES_HEADER];
  if (bytes !== undefined)
    return undecodable(`a record above ${MAX_RECORD_BYTES} bytes, its value of ${text(bytes)} was not kept`);
  const offsets = headers[UNREAD_OFFSETS_HEADER];
  return offsets === undefined ? undefined : undecodable(`a batch whose records ${text(offsets)} cannot be read`);
}

function text(header: RawRecord['headers'][string]): string {
  return String(header).slice(0, 100);
}

function oversizeRecord(topic: string, partition: number, message: FetchedMessage): ConsumedRecord {
  const { offset, timestamp } = message;
  const key = message.key === null || message.key.length > EXCERPT_BYTES ? null : message.key;
  const value = message.value ?? Buffer.alloc(0);
  const headers = { ...smallHeaders(message.headers ?? {}), ...excerptHeaders(value) };
  const decoded = undecodable(`the record has more than ${MAX_RECORD_BYTES} bytes, its value ${value.length}`);
  // A copy: a view would keep the whole answer it came in.
  const beginning = Buffer.from(value.subarray(0, EXCERPT_BYTES));
  return { topic, key, value: beginning, headers, partition, offset, timestamp, decoded };
}

function unreadableRecord(
  topic: string,
  partition: number,
  { offset, timestamp }: FetchedMessage,
  { firstOffset, bytes, error }: UnreadableRecords,
): ConsumedRecord {
  const offsets = `${firstOffset}-${offset}`;
  const decoded = undecodable(`the records ${offsets} cannot be read: ${error.message}`);
  const isLarge = bytes.length > MAX_RECORD_BYTES;
  const headers = { [UNREAD_OFFSETS_HEADER]: offsets, ...(isLarge ? excerptHeaders(bytes) : {}) };
  const value = Buffer.from(isLarge ? bytes.subarray(0, EXCERPT_BYTES) : bytes);
  return { topic, key: null, value, headers, partition, offset, timestamp, decoded };
}

function excerptHeaders(value: Buffer): Record<string, string> {
  return {
    [VALUE_BYTES_HEADER]: String(value.length),
    [VALUE_SHA256_HEADER]: createHash('sha256').update(value).digest('hex'),
  };
}

/** None, when together they are what makes the record large. */
function smallHeaders(headers: RawRecord['headers']): RawRecord['headers'] {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) bytes += name.length + (one?.length ?? 0);
    if (bytes > EXCERPT_BYTES) return {};
  }
  return headers;
}

/** Whose message it is, for lines about it; nothing of a record that cannot be read. */
export function logContextOf({ decoded }: Pick<ConsumedRecord, 'decoded'>): LogContext {
  if (!decoded.ok) return {};
  const { orderId, id: eventId, cause } = decoded.event;
  const { causationId: _, ...known } = cause;
  return { orderId, eventId, ...known };
}
