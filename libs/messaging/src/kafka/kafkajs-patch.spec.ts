import { createRequire } from 'node:module';
import fc from 'fast-check';

/*
 * What the corrections in `patches/` change in how kafkajs writes and reads records, and in what it gives a consumer up for. They
 * hold without the other patch, which is about speed. Modules inside kafkajs have no types and are not exported.
 */
const inside = createRequire(createRequire(import.meta.url).resolve('kafkajs'));

interface Written {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Header | readonly Header[]>>;
}
type Header = string | Buffer | null;
interface Decoder {
  readVarInt(): number;
}
const encode = inside('./src/protocol/recordBatch/record/v0') as (record: Written) => { readonly buffer: Buffer };
const Reader = inside('./src/protocol/decoder') as new (bytes: Buffer) => Decoder;
const decode = inside('./src/protocol/recordBatch/record/v0/decoder') as (
  decoder: Decoder,
  batch: { firstOffset: string; firstTimestamp: string },
) => Written & { readonly offset: string; readonly timestamp: string };
interface ClusterInside {
  findGroupCoordinator(options: { readonly groupId: string }): Promise<unknown>;
}
interface BrokerInside {
  lookupRequest: (key: number, api: { protocol(version: { version: number }): unknown }) => unknown;
  joinGroup(member: object): Promise<unknown>;
}
const Broker = inside('./src/broker') as new (options: object) => BrokerInside;
const { KafkaJSMemberIdRequired } = inside('./src/errors') as {
  KafkaJSMemberIdRequired: new (error: Error, about: { memberId: string }) => Error;
};
const Cluster = inside('./src/cluster') as { readonly prototype: ClusterInside };
const retrier = inside('./src/retry') as (options: object) => unknown;

function read(bytes: Buffer, batch = { firstOffset: '0', firstTimestamp: '0' }) {
  const decoder = new Reader(bytes);
  expect(decoder.readVarInt()).toBeGreaterThan(0);
  return decode(decoder, batch);
}

/** Text may be read as text or as its bytes, nothing as nothing. */
const plain = (value: Header): string | null => (value === null ? null : Buffer.from(value).toString('latin1'));
const asBytes = ([name, value]: [string, Header | readonly Header[]]): [string, unknown] => [
  name,
  Array.isArray(value) ? (value as readonly Header[]).map(plain) : plain(value as Header),
];

const EMPTY: Written = { offsetDelta: 0, timestampDelta: 0, key: null, value: null, headers: {} };

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
          expect(new Map(Object.entries(found.headers).map(asBytes))).toEqual(
            new Map(Object.entries(record.headers).map(asBytes)),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has headers of any name, those of what every object inherits too, and one several times', () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      'ce_id',
      'x'.repeat(63),
      'x'.repeat(64),
      'x'.repeat(65),
      'ä',
    ];
    const values = ['a', null, 'b'.repeat(63), 'b'.repeat(64), 'é', Buffer.from([0xff, 0])];
    const headers = Object.fromEntries(names.map((name) => [name, values]));
    for (const once of [read(encode({ ...EMPTY, headers }).buffer), read(encode({ ...EMPTY, headers }).buffer)]) {
      expect(Object.entries(once.headers).map(asBytes)).toEqual(Object.entries(headers).map(asBytes));
    }
    expect(read(encode({ ...EMPTY, headers: {} }).buffer).headers['constructor']).toBeUndefined();
  });

  it('with a hundred thousand headers is read in a moment', () => {
    const { buffer } = encode({ ...EMPTY, headers: { ce_id: Array.from({ length: 100_000 }, () => 'a') } });
    const begun = performance.now();
    expect(read(buffer).headers['ce_id']).toHaveLength(100_000);
    expect(performance.now() - begun).toBeLessThan(2_000);
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

describe('a member that joins its group', () => {
  it('waits for the others only with the id that it is given at once', async () => {
    const patience: unknown[] = [];
    const send = ({ requestTimeout }: { requestTimeout: unknown }) => {
      patience.push(requestTimeout);
      if (patience.length > 1) return Promise.resolve({});
      return Promise.reject(new KafkaJSMemberIdRequired(new Error('first a name'), { memberId: 'name' }));
    };
    const logger = { namespace: () => logger };
    const broker = new Broker({ connectionPool: { send, host: 'kafka', port: 1 }, logger });
    broker.lookupRequest = (_, api) => api.protocol({ version: 5 });
    await broker.joinGroup({ groupId: 'group', sessionTimeout: 10_000, rebalanceTimeout: 12_000, groupProtocols: [] });
    expect(patience).toEqual([null, 17_000]);
  });
});
