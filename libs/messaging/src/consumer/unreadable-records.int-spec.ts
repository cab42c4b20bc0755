import { deadLetterTopicOf } from '@app/events';
import { anOrderId, asKafkaMessage, eventually } from '@app/testing';
import { CompressionTypes } from 'kafkajs';
import { paymentFailed, paymentSuccessful } from '../../test/events';
import { damageLastBatch } from '../../test/kafka-log';
import type { FoundRecord } from '../../test/kafka-probe';
import { MessagingBed } from '../../test/messaging-app';
import { withChecksum } from '../../test/record-batches';

const TOPIC = 'payment_failed';
const MIB = 1024 * 1024;

let bed: MessagingBed;
let stopFollowing: () => Promise<void>;
let deadLetters: FoundRecord[];

beforeEach(async () => {
  bed = await MessagingBed.create();
  deadLetters = [];
});
afterEach(async () => {
  await stopFollowing?.();
  await bed.kafka.configure(TOPIC, 'compression.type', 'producer');
  await bed.kafka.configure(TOPIC, 'max.message.bytes', String(MIB));
  // Nobody else should come across what was damaged here.
  await bed.kafka.empty(TOPIC, 0);
  await bed.destroy();
});

async function followDeadLetters(): Promise<void> {
  stopFollowing = await bed.kafka.follow([deadLetterTopicOf(bed.service)], (record) => deadLetters.push(record));
}

/** Sends an event of a new order to partition 0, alone in its batch. */
async function publishOne(): Promise<{ id: string; orderId: string }> {
  const event = paymentFailed(anOrderId());
  await bed.kafka.send(TOPIC, { ...asKafkaMessage(event), partition: 0 });
  return event;
}

async function expectEffects(...events: readonly { id: string; orderId: string }[]): Promise<void> {
  await eventually(
    async () => {
      for (const { id, orderId } of events) expect(await bed.effectsOf(orderId)).toEqual([id]);
      expect(await bed.kafka.lag()).toBe(0);
      // Sixty megabytes are unpacked three times on a machine that does other things too.
    },
    { timeoutMs: 40_000 },
  );
}

interface Row {
  readonly reason: string;
  readonly status: string;
  readonly offset: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
  readonly error_message: string;
}
const failedRows = () =>
  bed.rows<Row>(
    `SELECT reason, status, "offset", value, headers, error_message FROM failed_messages ORDER BY position`,
  );

const header = (row: Row, name: string) => Buffer.from(row.headers[name] ?? '', 'base64').toString();

describe.each(['lz4', 'snappy', 'zstd', 'gzip'])('a topic that the broker compresses with %s', (type) => {
  it('is read', async () => {
    await bed.kafka.configure(TOPIC, 'compression.type', type);
    await bed.start();
    const events = Array.from({ length: 200 }, () => paymentFailed(anOrderId()));
    await bed.kafka.publish(...events);
    await expectEffects(...events);
    expect(await failedRows()).toEqual([]);
  });
});

describe.each([
  ['lz4', CompressionTypes.LZ4],
  ['snappy', CompressionTypes.Snappy],
  ['zstd', CompressionTypes.ZSTD],
  ['gzip', CompressionTypes.GZIP],
])('records that their publisher has compressed with %s', (_name, compression) => {
  it('are read', async () => {
    await bed.start();
    const events = Array.from({ length: 50 }, () => paymentFailed(anOrderId()));
    await bed.kafka.sendPacked(TOPIC, compression, ...events.map(asKafkaMessage));
    await expectEffects(...events);
  });
});

describe('a record that is too large to be handled', () => {
  it('is dead-lettered as the beginning, length and hash of its value, and its neighbours have their effects', async () => {
    await bed.start();
    await followDeadLetters();
    const [before, behind] = [paymentFailed(anOrderId()), paymentFailed(anOrderId())];
    const bomb = { ...asKafkaMessage(paymentFailed(anOrderId())), value: Buffer.alloc(32 * MIB, ' ') };
    await bed.kafka.sendPacked(TOPIC, CompressionTypes.GZIP, asKafkaMessage(before), bomb, asKafkaMessage(behind));
    await expectEffects(before, behind);
    const [row] = await failedRows();
    expect(row).toMatchObject({ reason: 'undecodable', status: 'dead_lettered' });
    expect(row?.value.equals(Buffer.alloc(64 * 1024, ' '))).toBe(true);
    expect(header(row!, 'x-original-value-bytes')).toBe(String(32 * MIB));
    expect(header(row!, 'x-original-value-sha256')).toMatch(/^[0-9a-f]{64}$/);
    const letter = await eventually(() => {
      expect(deadLetters).toHaveLength(1);
      return deadLetters[0]!;
    });
    expect(letter.value).toHaveLength(64 * 1024);
  });

  it('is dead-lettered in the same way when nobody has compressed it, and again when it is retried', async () => {
    await bed.kafka.configure(TOPIC, 'max.message.bytes', String(8 * MIB));
    await bed.start();
    const large = { ...asKafkaMessage(paymentFailed(anOrderId())), value: Buffer.alloc(3 * MIB, '[') };
    await bed.kafka.send(TOPIC, { ...large, partition: 0 });
    const behind = await publishOne();
    await expectEffects(behind);
    const [row] = await failedRows();
    expect(row?.value).toHaveLength(64 * 1024);
    expect(row?.error_message).toContain('more than');
    await bed.rows(`UPDATE failed_messages SET status = 'retrying', next_attempt_at = now()`);
    await eventually(async () =>
      expect(await failedRows()).toMatchObject([{ status: 'dead_lettered', reason: 'undecodable' }]),
    );
    const [{ attempts } = { attempts: 0 }] = await bed.rows<{ attempts: number }>(
      'SELECT attempts FROM failed_messages',
    );
    expect(attempts).toBe(2);
  });

  it('is, with many like it in one small batch, dead-lettered as the batch that it is', async () => {
    await bed.start();
    const many = Array.from({ length: 60 }, () => ({ value: Buffer.alloc(MIB - 1_000, ' ') }));
    await bed.kafka.sendPacked(TOPIC, CompressionTypes.GZIP, ...many);
    const behind = await publishOne();
    await expectEffects(behind);
    const rows = await failedRows();
    expect(rows.length).toBeLessThan(20);
    expect(rows.at(-1)?.error_message).toMatch(/^the records \d+-\d+ cannot be read: records of more than/);
    expect(rows.at(-1)!.value.length).toBeLessThan(MIB);
  });
});

describe.each<[string, string, (batch: Buffer) => void]>([
  [
    'whose checksum is wrong',
    'the checksum of the batch is wrong',
    (batch) => void batch.writeUInt8(0x7f, batch.length - 1),
  ],
  [
    'whose compression nobody knows',
    'the compression codec 6 is unknown',
    (batch) => {
      batch.writeInt16BE(6, 21);
      withChecksum(batch);
    },
  ],
  [
    'that is said to be compressed and is not',
    'not an LZ4 frame',
    (batch) => {
      batch.writeInt16BE(CompressionTypes.LZ4, 21);
      withChecksum(batch);
    },
  ],
  [
    'whose records have no end',
    'a record is longer than its batch',
    (batch) => {
      batch.fill(0xff, 61);
      withChecksum(batch);
    },
  ],
])('a batch on the disk of Kafka %s', (_name, reason, damage) => {
  it('becomes a dead letter with its bytes and offsets, and everything around it has its effect', async () => {
    const before = await publishOne();
    await publishOne();
    const batch = await damageLastBatch(TOPIC, 0, damage);
    const behind = await publishOne();
    const elsewhere = paymentSuccessful(anOrderId());
    await bed.kafka.publish(elsewhere);
    await bed.start();
    await followDeadLetters();
    await expectEffects(before, behind, elsewhere);
    const offset = batch.readBigInt64BE(0).toString();
    const rows = await failedRows();
    expect(rows).toMatchObject([{ reason: 'undecodable', status: 'dead_lettered', offset }]);
    expect(rows[0]?.error_message).toContain(reason);
    expect(rows[0]?.value).toEqual(batch);
    expect(header(rows[0]!, 'x-unread-offsets')).toBe(`${offset}-${offset}`);
    await eventually(() => expect(deadLetters.map(({ value }) => value)).toEqual([batch]));
  });
});
