import { createRequire } from 'node:module';
import { CompressionTypes } from 'kafkajs';
import type { FetchedMessage } from '../src/record/consumed-record';

/*
 * Record batches as bytes, written and read by the client's own code. Its modules have no types and are not exported.
 */
const inside = createRequire(createRequire(import.meta.url).resolve('kafkajs'));
const Reader = inside('./src/protocol/decoder') as new (bytes: Buffer) => object;
const decodeMessages = inside('./src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<FetchedMessage[]>;
const writeRecord = inside('./src/protocol/recordBatch/record/v0') as (record: object) => object;
const writeBatch = inside('./src/protocol/recordBatch/v0') as {
  RecordBatch(batch: object): Promise<{ readonly buffer: Buffer }>;
};
const crc32C = inside('./src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

/** The records of a batch whose first offset is `firstOffset`, one for each value. */
export async function batchOf(
  firstOffset: number,
  values: readonly (string | Buffer)[],
  compression = CompressionTypes.None,
): Promise<Buffer> {
  const records = values.map((value, offsetDelta) =>
    writeRecord({ offsetDelta, timestampDelta: 0, key: 'key', value: Buffer.from(value), headers: { name: 'value' } }),
  );
  const { buffer } = await writeBatch.RecordBatch({
    firstOffset,
    firstTimestamp: 1_764_000_000_000,
    maxTimestamp: 1_764_000_000_000,
    lastOffsetDelta: values.length - 1,
    compression,
    records,
  });
  return Buffer.from(buffer);
}

/** The batch with the checksum that belongs to it. */
export function withChecksum(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32C(batch.subarray(21)), 17);
  return batch;
}

/** The batch with these bytes for its records, their count unchanged. */
export function withRecords(batch: Buffer, records: Buffer): Buffer {
  const changed = Buffer.concat([batch.subarray(0, 61), records]);
  changed.writeInt32BE(changed.length - 12, 8);
  return withChecksum(changed);
}

/** What the client makes of a partition's part of an answer. */
export async function decode(...batches: readonly Buffer[]): Promise<FetchedMessage[]> {
  const bytes = Buffer.concat(batches);
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return decodeMessages(new Reader(Buffer.concat([size, bytes])));
}
