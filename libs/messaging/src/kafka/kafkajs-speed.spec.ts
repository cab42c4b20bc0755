import { createRequire } from 'node:module';

/*
 * What `patches/kafkajs+2.2.4+002+speed.patch` writes anew: it must give what the published kafkajs and the Java client give. Modules
 * inside kafkajs have no types and are not exported.
 */
const inside = createRequire(createRequire(import.meta.url).resolve('kafkajs'));

interface Written {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, unknown>>;
}
interface Message {
  readonly key: string;
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
const crc32C = inside('./src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
const group = inside('./src/producer/groupMessagesPerPartition') as (sent: {
  readonly topic: string;
  readonly partitionMetadata: readonly object[];
  readonly messages: readonly Message[];
  readonly partitioner: (sent: { readonly message: Message }) => number;
}) => Record<number, Message[]>;

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

describe('the messages of a partition', () => {
  it('are those the partitioner says, in their order', () => {
    const messages = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key }));
    const partitioner = ({ message }: { readonly message: Message }): number => (message.key === 'b' ? 7 : 0);
    const grouped = group({ topic: 'orders', partitionMetadata: [{}], messages, partitioner });
    expect(grouped).toEqual({ 0: [{ key: 'a' }, { key: 'c' }, { key: 'd' }, { key: 'e' }], 7: [{ key: 'b' }] });
  });
});

describe('the checksum of a batch', () => {
  it.each([
    ['', 0],
    ['123456789', 0xe3069283],
    ['The quick brown fox jumps over the lazy dog', 0x22620404],
  ])('is CRC-32C, of whatever length: %p', (text, checksum) => {
    expect(crc32C(Buffer.from(text))).toBe(checksum);
  });
});

const EMPTY: Written = { offsetDelta: 0, timestampDelta: 0, key: null, value: null, headers: {} };

describe('a record', () => {
  it('has headers that are text where they are ASCII, and bytes where they are not', () => {
    const headers = { ascii: 'a', none: null, other: 'é', bytes: Buffer.from([0xff, 0]) };
    // The second time the names are found by their bytes.
    for (const found of [read(encode({ ...EMPTY, headers }).buffer), read(encode({ ...EMPTY, headers }).buffer)]) {
      expect({ ...found.headers }).toEqual({ ...headers, other: Buffer.from('é') });
    }
  });

  it('may be large, and the next one small', () => {
    const value = Buffer.alloc(2_000_000, 'a');
    expect(read(encode({ ...EMPTY, value }).buffer).value?.equals(value)).toBe(true);
    expect(read(encode({ ...EMPTY, value: Buffer.from('b') }).buffer).value).toEqual(Buffer.from('b'));
  });

  it('has an offset beyond what a number can hold', () => {
    const record = { ...EMPTY, offsetDelta: 3, timestampDelta: 7 };
    const batch = { firstOffset: '9223372036854775800', firstTimestamp: '1764000000000' };
    expect(read(encode(record).buffer, batch)).toMatchObject({
      offset: '9223372036854775803',
      timestamp: '1764000000007',
    });
  });
});
