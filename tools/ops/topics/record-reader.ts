import type { Admin, Consumer, KafkaMessage } from 'kafkajs';
import { registerCodecs } from '../../../libs/messaging/src/kafka/compression/codecs.ts';
import { OpsError } from '../cli/exit-code.ts';
import { kafkaAt, withKafkaAdmin } from '../cli/kafka.ts';

/** Which records of a topic are wanted. Without a start, from the first that is kept. */
export interface Selection {
  readonly topic: string;
  readonly key?: string;
  readonly partition?: number;
  /** Of that partition. */
  readonly offset?: number;
  readonly since?: Date;
  /** The newest so many of those in the topic, however many there are. */
  readonly tail?: number;
  /** Ends after so many. */
  readonly max: number;
}

export interface FoundRecord {
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Of one partition, until its present end. */
interface Span {
  readonly partition: number;
  next: bigint;
  readonly end: bigint;
}

const STALL_MS = 15_000;
const GROUP_RETRIES = 8;
const UNNOTICED = {
  maxWaitTimeInMs: 100,
  allowAutoTopicCreation: false,
  retry: {
    retries: GROUP_RETRIES,
    initialRetryTime: 200,
    maxRetryTime: 2_000,
    restartOnFailure: () => Promise.resolve(false),
  },
};

// Whoever looks at a topic reads what its consumers read, however it is compressed.
registerCodecs();

/**
 * The selected records up to the present end, unnoticed by anyone: the consumer group is its own and goes with it. Those of a
 * partition are in order; a tail is in the order of time.
 * @throws OpsError when there is no such topic or partition, or Kafka gives nothing for a quarter of a minute
 */
export async function findRecords(brokers: readonly string[], selection: Selection): Promise<FoundRecord[]> {
  const spans = await withKafkaAdmin(brokers, (admin) => spansOf(admin, selection));
  const wanted = selection.tail === undefined ? selection.max : Infinity;
  const found: FoundRecord[] = [];
  await readSpans(brokers, selection.topic, spans, (record) => {
    if (selection.key === undefined || record.message.key?.toString() === selection.key) found.push(record);
    // With a key a tail may come of a whole topic: only the newest are kept.
    if (selection.tail !== undefined && found.length > 2 * selection.tail) keepNewest(found, selection.tail);
    return found.length < wanted;
  });
  if (selection.tail !== undefined) keepNewest(found, selection.tail);
  return found;
}

function keepNewest(found: FoundRecord[], count: number): void {
  found.sort((a, b) => Number(a.message.timestamp) - Number(b.message.timestamp));
  found.splice(0, found.length - count);
}

async function spansOf(admin: Admin, { topic, partition, offset, since, tail, key }: Selection): Promise<Span[]> {
  if (!(await admin.listTopics()).includes(topic)) throw new OpsError(`there is no topic ${topic}; see: ./ops topics`);
  const bounds = await admin.fetchTopicOffsets(topic);
  const starts = since === undefined ? [] : await admin.fetchTopicOffsetsByTimestamp(topic, since.getTime());
  const chosen = bounds.filter((one) => partition === undefined || one.partition === partition);
  if (chosen.length === 0)
    throw new OpsError(`${topic} has no partition ${partition}; it has 0 to ${bounds.length - 1}`);
  return chosen.map(({ partition: number, low, high }) => {
    const from = offset ?? starts.find((start) => start.partition === number)?.offset ?? low;
    // Of each partition, as all of them may be in one.
    const newest = tail === undefined || key !== undefined ? 0n : BigInt(high) - BigInt(tail);
    const next = [BigInt(from), BigInt(low), newest].reduce((a, b) => (a > b ? a : b));
    return { partition: number, next, end: BigInt(high) };
  });
}

/** Until `take` says that it is enough, or everything is read. */
async function readSpans(
  brokers: readonly string[],
  topic: string,
  spans: readonly Span[],
  take: (record: FoundRecord) => boolean,
): Promise<void> {
  const open = new Map(spans.filter(({ next, end }) => next < end).map((span) => [span.partition, span]));
  if (open.size === 0) return;
  const groupId = `ops-${crypto.randomUUID()}`;
  const consumer = kafkaAt(brokers, GROUP_RETRIES).consumer({ ...UNNOTICED, groupId });
  const done = Promise.withResolvers<undefined>();
  const stalled = (): void => done.reject(new OpsError(`Kafka gives no more records of ${topic}`));
  // It may fail before it is waited for.
  done.promise.catch(() => undefined);
  let timer = setTimeout(stalled, STALL_MS);
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
  const advance = (span: Span, offset: string): void => {
    clearTimeout(timer);
    timer = setTimeout(stalled, STALL_MS);
    if (BigInt(offset) + 1n > span.next) span.next = BigInt(offset) + 1n;
    if (span.next >= span.end) open.delete(span.partition);
    if (open.size === 0) done.resolve(undefined);
  };
  // Markers of transactions and aborted records are not handed over, but they have offsets.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    const span = open.get(partition);
    if (span !== undefined) advance(span, lastOffset);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consume(consumer, open, take, () => done.resolve(undefined));
    for (const { partition, next } of spans) consumer.seek({ topic, partition, offset: String(next) });
    await done.promise;
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw new OpsError(`${topic} could not be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
    await consumer.disconnect().catch(() => undefined);
    await withKafkaAdmin(brokers, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

function consume(
  consumer: Consumer,
  open: ReadonlyMap<number, Span>,
  take: (record: FoundRecord) => boolean,
  enough: () => void,
): Promise<void> {
  let wanted = true;
  return consumer.run({
    autoCommit: false,
    eachBatch: ({ batch: { partition, messages } }) => {
      const span = open.get(partition);
      for (const message of messages) {
        const offset = BigInt(message.offset);
        // A batch may begin before what was asked for, and come again after a rebalance.
        if (!wanted || span === undefined || offset < span.next || offset >= span.end) continue;
        span.next = offset + 1n;
        wanted = take({ partition, message });
        if (!wanted) enough();
      }
      return Promise.resolve();
    },
  });
}
