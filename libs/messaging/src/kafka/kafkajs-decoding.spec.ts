import fc from 'fast-check';
import { CompressionTypes } from 'kafkajs';
import { batchOf, decode, withChecksum, withRecords } from '../../test/record-batches';
import { registerCodecs } from './compression/codecs';
import type { FetchedMessage } from '../record/consumed-record';

registerCodecs();

/** Each message as its offset with its value, or with the reason why it cannot be read. */
const seen = (messages: readonly FetchedMessage[]) =>
  messages.map(({ offset, value, unreadable }) => `${offset} ${unreadable?.error.message ?? String(value)}`);

const before = await batchOf(5, ['before']);
const behind = await batchOf(100, ['behind']);

/** A batch of records 10, 11 and 12, and what is wrong with it. */
async function spoilt(spoil: (batch: Buffer) => Buffer | void): Promise<Buffer> {
  const batch = await batchOf(10, ['ten', 'eleven', 'twelve']);
  return spoil(batch) ?? batch;
}

const setBits = (at: number, bits: number) => (batch: Buffer) => {
  batch[at] = (batch[at] ?? 0) | bits;
  return withChecksum(batch);
};

describe('a batch that cannot be read', () => {
  it.each<[string, (batch: Buffer) => Buffer | void]>([
    ['the checksum of the batch is wrong', (batch) => void batch.writeUInt8(1, batch.length - 1)],
    ['the compression codec 5 is unknown', setBits(22, 5)],
    ['the compression codec 7 is unknown', setBits(22, 7)],
    ['not an LZ4 frame', setBits(22, CompressionTypes.LZ4)],
    ['incorrect header check', setBits(22, CompressionTypes.GZIP)],
    ['the magic byte 3 is unknown', (batch) => void batch.writeInt8(3, 16)],
    ['the magic byte -1 is unknown', (batch) => void batch.writeInt8(-1, 16)],
  ])('because %s is one message with its bytes, and its neighbours are read', async (reason, spoil) => {
    const batch = await spoilt(spoil);
    const messages = await decode(before, batch, behind);
    expect(seen(messages)).toEqual(['5 before', `12 ${reason}`, '100 behind']);
    expect(messages[1]?.unreadable).toMatchObject({ firstOffset: '10', bytes: batch });
  });

  it('from its second record on is read up to there', async () => {
    const batch = await spoilt((good) => {
      const second = good.indexOf('eleven');
      good.writeUInt8(0x7f, second - 1); // its length
      return withChecksum(good);
    });
    const messages = await decode(batch, behind);
    expect(seen(messages)).toEqual(['10 ten', expect.stringMatching(/^12 a record has \d+ bytes/), '100 behind']);
    expect(messages[1]?.unreadable?.firstOffset).toBe('11');
  });

  it('because it has fewer records than it says is read as far as it goes', async () => {
    const batch = await spoilt((good) => {
      good.writeInt32BE(0x7fffffff, 57);
      return withChecksum(good);
    });
    expect(seen(await decode(batch))).toEqual([
      '10 ten',
      '11 eleven',
      '12 twelve',
      expect.stringContaining('after 3 of'),
    ]);
  });

  it('because its records are of another kind ends with the batch', async () => {
    const batch = withRecords(await batchOf(10, ['ten']), Buffer.alloc(40, 0xff));
    expect(seen(await decode(batch, behind))).toEqual([expect.stringMatching(/^10 /), '100 behind']);
  });

  it('because its length is wrong is all that comes of an answer that begins with it', async () => {
    for (const length of [0, -1, 40, 0x7fffffff]) {
      const batch = await spoilt((good) => void good.writeInt32BE(length, 8));
      expect(seen(await decode(batch, behind))).toEqual(['12 the length of the batch is wrong']);
    }
    expect(seen(await decode(Buffer.from([1, 2, 3])))).toEqual(['0 the length of the batch is wrong']);
  });

  it('because an old format holds what no one knows is one message', async () => {
    const set = await spoilt((good) => void good.writeInt8(1, 16));
    const messages = await decode(set);
    for (const message of messages) expect(message.unreadable ?? message.value).toBeDefined();
  });
});

describe('an answer that ends in the middle of a batch', () => {
  it('is read up to there: the rest comes with the next one', async () => {
    for (const cut of [1, 30, 61, 70]) {
      expect(seen(await decode(before, behind.subarray(0, cut)))).toEqual(['5 before']);
    }
  });
});

describe('a batch that compaction has emptied', () => {
  it('is one message that nobody is shown, so that the consumer gets past it', async () => {
    const batch = await batchOf(10, ['ten', 'eleven']);
    batch.writeInt32BE(0, 57);
    const messages = await decode(withRecords(batch, Buffer.alloc(0)), behind);
    expect(messages.map(({ offset }) => offset)).toEqual(['11', '100']);
    expect(messages[0]).toMatchObject({ isControlRecord: true });
  });
});

describe('an answer of many small records', () => {
  it('is read, however many there are', async () => {
    const batch = await batchOf(
      0,
      Array.from({ length: 150_000 }, () => 'x'),
      CompressionTypes.ZSTD,
    );
    expect(await decode(batch)).toHaveLength(150_000);
  });
});

describe('any damage to a batch', () => {
  it('leaves messages of known offsets in order, takes no time and throws nothing', async () => {
    const good = await batchOf(10, ['ten', 'eleven', 'twelve'], CompressionTypes.None);
    const packed = await batchOf(10, ['ten', 'eleven', 'twelve'], CompressionTypes.LZ4);
    const damage = fc.record({
      batch: fc.constantFrom(good, packed),
      at: fc.nat(packed.length + 40),
      byte: fc.nat(255),
      cut: fc.option(fc.nat(200)),
      mended: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ batch, at, byte, cut, mended }) => {
        const bytes = Buffer.from(batch);
        bytes[at % bytes.length] = byte;
        const damaged = mended ? withChecksum(bytes) : bytes;
        const begun = performance.now();
        const messages = await decode(damaged.subarray(0, cut ?? undefined));
        for (const { offset } of messages) expect(offset).toMatch(/^-?\d+$/);
        expect(performance.now() - begun).toBeLessThan(1_000);
      }),
      { numRuns: 3_000 },
    );
  });
});
