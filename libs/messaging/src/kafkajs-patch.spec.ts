import { createRequire } from 'node:module';
import fc from 'fast-check';

/*
 * What `patches/` changes in how kafkajs writes and reads records, and in what it gives a consumer up for. Its modules have no
 * types and are not exported, so this is the one place that reaches into them.
 */
const inside = createRequire(createRequire(import.meta.url).resolve('kafkajs'));

interface Written {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | null>>;
}
interface Decoder {
  readVarInt(): number;
}
const murmur2 = inside('./src/producer/partitioners/default/murmur2') as (key: string | Buffer) => number;
const encode = inside('./src/protocol/recordBatch/record/v0') as (record: Written) => { readonly buffer: Buffer };
const Reader = inside('./src/protocol/decoder') as new (bytes: Buffer) => Decoder;
const decode = inside('./src/protocol/recordBatch/record/v0/decoder') as (
  decoder: Decoder,
  batch: { firstOffset: string; firstTimestamp: string },
) => Written & { readonly offset: string; readonly timestamp: string };
interface ClusterInside {
  findGroupCoordinator(options: { readonly groupId: string }): Promise<unknown>;
}
const Cluster = inside('./src/cluster') as { readonly prototype: ClusterInside };
const retrier = inside('./src/retry') as (options: object) => unknown;

function read(bytes: Buffer, batch = { firstOffset: '0', firstTimestamp: '0' }) {
  const decoder = new Reader(bytes);
  expect(decoder.readVarInt()).toBeGreaterThan(0);
  return decode(decoder, batch);
}

describe('the partition of a key', () => {
  // From the tests of Kafka's Java client.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('follows from the hash every Kafka client uses: %s', (key, hash) => {
    expect(murmur2(key)).toBe(hash);
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });
});

describe('a record', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  const delta = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.maxSafeInteger());
  const headers = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.option(fc.string({ unit: 'grapheme' })));

  it('is read as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.record({
          offsetDelta: fc.nat(2 ** 30),
          timestampDelta: delta,
          key: fc.option(bytes),
          value: fc.option(bytes),
          headers,
        }),
        (record) => {
          const found = read(encode(record).buffer);
          expect([found.key, found.value]).toEqual([record.key, record.value]);
          expect(found.offset).toBe(String(record.offsetDelta));
          expect(found.timestamp).toBe(String(record.timestampDelta));
          const written = Object.entries(record.headers).map(([name, value]) => [
            name,
            value === null ? null : Buffer.from(value),
          ]);
          expect(new Map(Object.entries(found.headers))).toEqual(new Map(written as [string, Buffer | null][]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has an offset beyond what a number can hold', () => {
    const record = { offsetDelta: 3, timestampDelta: 7, key: null, value: null, headers: {} };
    const batch = { firstOffset: '9223372036854775800', firstTimestamp: '1764000000000' };
    expect(read(encode(record).buffer, batch)).toMatchObject({
      offset: '9223372036854775803',
      timestamp: '1764000000007',
    });
  });
});

describe('a broker that dies while it is asked for the coordinator of a group', () => {
  it('is no reason to give the consumer up', async () => {
    const logger = { namespace: () => logger, debug: () => undefined, info: () => undefined, error: () => undefined };
    const pool = {
      withBroker: () => Promise.resolve(null), // what it gives when every broker it has asked has failed
      refreshMetadata: () => Promise.resolve(),
    };
    const cluster = Object.assign(Object.create(Cluster.prototype) as ClusterInside, {
      brokerPool: pool,
      logger,
      retrier: retrier({ retries: 0, initialRetryTime: 1 }),
    });
    // kafkajs starts a consumer again that has crashed with an error it may try again, and no other.
    await expect(cluster.findGroupCoordinator({ groupId: 'payment-service' })).rejects.toMatchObject({
      name: 'KafkaJSGroupCoordinatorNotFound',
      retriable: true,
    });
  });
});
