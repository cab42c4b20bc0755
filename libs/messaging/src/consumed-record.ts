import { decodeRecord, type DecodedRecord, type RawRecord } from '@app/events';
import type { KafkaMessage } from 'kafkajs';

/** A record of a batch, where it was found, and what it turned out to be. */
export interface ConsumedRecord extends RawRecord {
  readonly partition: number;
  readonly offset: string;
  /** Milliseconds since the epoch, as Kafka has it. */
  readonly timestamp: string;
  readonly decoded: DecodedRecord;
}

/** Reads a Kafka message; never throws, whatever it contains. */
export function toConsumedRecord(topic: string, partition: number, message: KafkaMessage): ConsumedRecord {
  const { key, value, headers = {}, offset, timestamp } = message;
  const decoded = decodeRecord({ topic, key, value, headers });
  return { topic, key, value, headers, partition, offset, timestamp, decoded };
}

/** The order a record belongs to, as far as that can be told: what waits behind a failed message is found by it. */
export function orderIdOf(record: ConsumedRecord): string | null {
  return record.decoded.ok ? record.decoded.event.orderId : null;
}
