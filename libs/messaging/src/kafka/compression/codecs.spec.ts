import { CATALOGUE } from '@app/events';
import { watchEventLoop } from '@app/testing';
import { gzipSync } from 'node:zlib';
import { CompressionTypes } from 'kafkajs';
import { compressSync as lz4Block } from 'lz4-napi';
import { compressSync as snappyBlock } from 'snappy';
import { batchOf, decode, withRecords } from '../../../test/record-batches';
import { toConsumedRecord, type FetchedMessage } from '../../record/consumed-record';
import { registerCodecs } from './codecs';
import { VALUE_BYTES_HEADER, VALUE_SHA256_HEADER } from './record-bounds';

registerCodecs();

const ALL = [
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
  ['zstd', CompressionTypes.ZSTD],
] as const;
const MIB = 1024 * 1024;

const values = (messages: readonly FetchedMessage[]) => messages.map(({ value }) => String(value));

/** kafkajs reads a header as bytes; our patch reads what is ASCII as text. */
const asText = (headers: object) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** The records of a batch as they are without compression, and the batch with the given attribute for it. */
async function packedBy(
  type: CompressionTypes,
  records: readonly (string | Buffer)[],
  pack: (bytes: Buffer) => Buffer,
) {
  const batch = await batchOf(0, records);
  batch.writeInt16BE(type, 21);
  return withRecords(batch, pack(batch.subarray(61)));
}

const word = (value: number, order: 'BE' | 'LE' = 'BE'): Buffer => {
  const bytes = Buffer.alloc(4);
  if (order === 'BE') bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
};

/** In pieces of this size, as snappy-java and LZ4's writers make them. */
function* piecesOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.each(ALL)('a batch packed with %s', (_name, type) => {
  it('is read', async () => {
    expect(values(await decode(await batchOf(0, ['one', 'two', 'three'], type)))).toEqual(['one', 'two', 'three']);
  });

  it('is read when it is large, in many pieces', async () => {
    const records = Array.from({ length: 400 }, (_, index) => `${index} `.repeat(2_000));
    expect(values(await decode(await batchOf(0, records, type)))).toEqual(records);
  });

  it('has its records above a MiB cut to an excerpt, and the ones beside it whole', async () => {
    const large = Buffer.alloc(3 * MIB, 'a');
    const messages = await decode(await batchOf(7, ['one', large, 'three'], type));
    expect(messages.map(({ offset }) => offset)).toEqual(['7', '8', '9']);
    expect([messages[0], messages[2]].map((message) => String(message?.value))).toEqual(['one', 'three']);
    const excerpt = toConsumedRecord(CATALOGUE, 'payment_failed', 0, messages[1]!);
    const whole = toConsumedRecord(CATALOGUE, 'payment_failed', 0, {
      ...messages[1]!,
      value: large,
      headers: {},
      size: large.length,
    });
    expect(excerpt.value).toEqual(large.subarray(0, 64 * 1024));
    expect(asText(excerpt.headers)).toMatchObject({
      name: 'value',
      [VALUE_BYTES_HEADER]: String(large.length),
      [VALUE_SHA256_HEADER]: String(whole.headers[VALUE_SHA256_HEADER]),
    });
    expect(excerpt.decoded).toMatchObject({ ok: false, reason: 'undecodable' });
    expect(String(excerpt.key)).toBe('key');
  });

  it('is read up to the place where it is damaged', async () => {
    const records = Array.from({ length: 50 }, (_, index) => Buffer.alloc(64 * 1024, String(index)));
    const batch = await batchOf(0, records, type);
    const messages = await decode(withRecords(batch, batch.subarray(61, batch.length - 20)));
    const unread = messages.at(-1);
    expect(unread).toMatchObject({ offset: '49', unreadable: { firstOffset: String(messages.length - 1) } });
    expect(values(messages.slice(0, -1))).toEqual(records.slice(0, messages.length - 1).map(String));
  });
});

describe('a batch packed with snappy', () => {
  it('is read in the frame of the Java clients', async () => {
    const records = Array.from({ length: 100 }, (_, index) => `record ${index} `.repeat(100));
    const frame = (bytes: Buffer) =>
      Buffer.concat([
        Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
        ...[...piecesOf(bytes, 32 * 1024)]
          .map((piece) => snappyBlock(piece))
          .flatMap((block) => [word(block.length), block]),
      ]);
    expect(values(await decode(await packedBy(CompressionTypes.Snappy, records, frame)))).toEqual(records);
  });

  it('that claims to have gigabytes takes no memory for them', async () => {
    const batch = await packedBy(CompressionTypes.Snappy, ['one'], () =>
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]),
    );
    expect(await decode(batch)).toMatchObject([
      { offset: '0', unreadable: { error: { message: expect.stringContaining('too large') } } },
    ]);
  });
});

describe('a batch packed with lz4', () => {
  const end = word(0);
  const frame = (flags: number, blocks: readonly Buffer[]) =>
    Buffer.concat([word(0x184d2204, 'LE'), Buffer.from([flags, 0x40, 0]), ...blocks, end]);

  it('is read with stored blocks, with block checksums, and with blocks that refer to the ones before', async () => {
    const records = Array.from({ length: 100 }, (_, index) => `record ${index} `.repeat(200));
    const stored = (bytes: Buffer) =>
      frame(
        0x60,
        [...piecesOf(bytes, 65_536)].flatMap((block) => [word(block.length + 0x80000000, 'LE'), block]),
      );
    const checked = (bytes: Buffer) =>
      frame(
        0x70,
        [...piecesOf(bytes, 65_536)].flatMap((piece) => [...sized(lz4Block(piece)), word(1)]),
      );
    const linked = (bytes: Buffer) => {
      const pieces = [...piecesOf(bytes, 65_536)];
      return frame(
        0x40,
        pieces.flatMap((piece, index) => sized(lz4Block(piece, index === 0 ? null : pieces[index - 1]))),
      );
    };
    for (const pack of [stored, checked, linked]) {
      expect(values(await decode(await packedBy(CompressionTypes.LZ4, records, pack)))).toEqual(records);
    }
  });

  /** The library puts the unpacked size in front. */
  const sized = (block: Buffer): Buffer[] => [word(block.length - 4, 'LE'), block.subarray(4)];
});

describe('a bomb', () => {
  it('of 200 MB in one record costs little memory, and does not hold up the event loop', async () => {
    const batch = await packedBy(CompressionTypes.GZIP, [Buffer.alloc(200 * MIB, ' ')], (bytes) => gzipSync(bytes));
    expect(batch.length).toBeLessThan(MIB);
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    let highest = before;
    const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 5);
    const stalls: number[] = [];
    const endWatch = watchEventLoop(({ ms }) => stalls.push(ms), 50);
    const messages = await decode(batch);
    endWatch();
    clearInterval(watch);
    expect(messages.map(({ headers = {} }) => asText(headers))).toMatchObject([
      { [VALUE_BYTES_HEADER]: String(200 * MIB) },
    ]);
    expect((highest - before) / MIB).toBeLessThan(64);
    expect(Math.max(0, ...stalls)).toBeLessThan(200);
  }, 60_000);

  it('of many records is read up to a bound, and its rest is one unreadable message', async () => {
    const records = Array.from({ length: 300 }, (_, index) => Buffer.alloc(MIB - 100, String(index % 10)));
    const messages = await decode(await packedBy(CompressionTypes.GZIP, records, (bytes) => gzipSync(bytes)));
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.length).toBeLessThan(20);
    expect(messages.at(-1)).toMatchObject({ offset: '299', unreadable: { firstOffset: String(messages.length - 1) } });
  }, 60_000);

  it('of a gigabyte is given up before it is unpacked', async () => {
    const records = Array.from({ length: 6 }, () => Buffer.alloc(50 * MIB));
    const batch = await packedBy(CompressionTypes.GZIP, records, (bytes) => gzipSync(bytes, { level: 1 }));
    const messages = await decode(batch);
    expect(messages.at(-1)).toMatchObject({
      offset: '5',
      unreadable: { error: { message: expect.stringContaining('more than') } },
    });
  }, 60_000);
});

describe('several batches that unpack to much', () => {
  it('are left for the next answers, one by one', async () => {
    const records = Array.from({ length: 15 }, () => Buffer.alloc(MIB - 100, 'x'));
    const batches = await Promise.all(
      [0, 100, 200, 300].map((first) => batchOf(first, records, CompressionTypes.GZIP)),
    );
    const offsets = (await decode(...batches)).map(({ offset }) => Number(offset));
    expect(offsets.at(-1)).toBe(214);
    expect(offsets).toHaveLength(45);
  }, 60_000);
});
