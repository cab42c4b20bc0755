import { EVENTS, ORDER_KEY, decodeRecord, eventOfTopic } from '@app/events';
import { registerCodecs } from '../../../libs/messaging/src/kafka/compression/codecs.ts';
import { Kafka, logLevel, type Admin, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import { serviceNames } from '../../stack/service-names.ts';

/** What is kept of a record: where it is, and which event it is, if it is one. */
export interface RecordSummary {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly at: Date;
  /** Null of a record that no consumer can read. */
  readonly event: {
    readonly id: string;
    /** Null of an event that is not about an order: none of the checks is about it. */
    readonly orderId: string | null;
    readonly sequence: number;
  } | null;
  /** Whether the event names the one service that may write to this topic. */
  readonly fromPublisher: boolean;
}

/** How far a consumer group has come. */
export interface Progress {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The offset it reads next. */
  readonly next: string;
}

// Whoever looks at a topic reads what its consumers read.
registerCodecs();

const TOPICS = EVENTS.map(({ type }) => type);
const PAGE = 2_000;
/** What a `timestamptz` and a `Date` can both hold, in milliseconds since the epoch; a record may carry any 64-bit number. */
const LATEST_MS = Date.UTC(9999, 11, 31);
const STALL_MS = 30_000;

/** Reads the event topics from a moment on, without being noticed by anyone: its consumer group is its own and goes with it. */
export class TopicReader {
  private readonly kafka: Kafka;
  /** Where to go on, per topic and partition. */
  private readonly positions = new Map<string, bigint>();

  constructor(
    brokers: readonly string[],
    private readonly since: Date,
  ) {
    this.kafka = new Kafka({
      clientId: 'ops',
      brokers: [...brokers],
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      retry: { retries: 3, initialRetryTime: 300, maxRetryTime: 2_000 },
      logLevel: logLevel.NOTHING,
    });
  }

  /** How far each service's group has come with each topic it has read something of. */
  async progress(): Promise<Progress[]> {
    return this.withAdmin(async (admin) => {
      const existing = await existingTopics(admin);
      const groups = serviceNames.map(async (service) => {
        // A service's consumer group is its name.
        const topics = await admin.fetchOffsets({ groupId: service, topics: existing });
        return topics.flatMap(({ topic, partitions }) =>
          partitions
            .filter(({ offset }) => offset !== '-1')
            .map(({ partition, offset }) => ({ group: service, topic, partition, next: offset })),
        );
      });
      return (await Promise.all(groups)).flat();
    });
  }

  /**
   * Hands over every record up to the present end that has not been handed over before, in pages; each partition's in order.
   * @throws when Kafka does not answer, or gives nothing for half a minute.
   */
  async readOn(take: (records: readonly RecordSummary[]) => Promise<void>): Promise<void> {
    const ends = await this.withAdmin((admin) => this.findEnds(admin));
    const open = new Set([...ends].filter(([key, end]) => (this.positions.get(key) ?? 0n) < end).map(([key]) => key));
    if (open.size === 0) return;
    const groupId = `ops-${crypto.randomUUID()}`;
    const consumer = this.kafka.consumer({
      groupId,
      maxWaitTimeInMs: 200,
      allowAutoTopicCreation: false,
      // Whatever ends it once would end it again, and nobody would be told.
      retry: { retries: 3, initialRetryTime: 300, maxRetryTime: 2_000, restartOnFailure: () => Promise.resolve(false) },
    });
    const reading = Promise.withResolvers<undefined>();
    const watch = new Watch(() => reading.reject(new Error('Kafka gives no more records')));
    const progressed = (key: string): void => {
      // What arrives in other partitions must not hide that one stands still.
      if (!open.has(key)) return;
      watch.progressed();
      if ((this.positions.get(key) ?? 0n) >= (ends.get(key) ?? 0n)) open.delete(key);
      if (open.size === 0) reading.resolve(undefined);
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => reading.reject(payload.error));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      // Markers of transactions and aborted records are not handed over, but they have offsets.
      if (batchSize === 0) this.advance(keyOf(topic, partition), lastOffset);
      progressed(keyOf(topic, partition));
    });
    try {
      const subscribed = new Set([...open].map(topicOf));
      await consumer.connect();
      await consumer.subscribe({ topics: [...subscribed], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => {
          await this.takeBatch(payload, take).catch((error: unknown) => {
            reading.reject(error);
            throw error;
          });
        },
      });
      for (const key of ends.keys()) if (subscribed.has(topicOf(key))) consumer.seek(this.placeOf(key));
      await reading.promise;
    } finally {
      watch.stop();
      await consumer.disconnect().catch(() => undefined);
      await this.withAdmin((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
    }
  }

  private async takeBatch(
    payload: EachBatchPayload,
    take: (records: readonly RecordSummary[]) => Promise<void>,
  ): Promise<void> {
    const { batch } = payload;
    const key = keyOf(batch.topic, batch.partition);
    for (let start = 0; start < batch.messages.length && payload.isRunning(); start += PAGE) {
      const page = batch.messages.slice(start, start + PAGE);
      const position = this.positions.get(key) ?? 0n;
      // Delivered again after a rebalance of our own little group.
      const fresh = page.filter(({ offset }) => BigInt(offset) >= position);
      if (fresh.length > 0) await take(fresh.map((message) => summaryOf(batch.topic, batch.partition, message)));
      const last = page.at(-1)?.offset ?? '0';
      this.advance(key, last);
      payload.resolveOffset(last);
      await payload.heartbeat();
    }
    if (payload.isRunning()) this.advance(key, batch.lastOffset());
  }

  /** This offset is done with. */
  private advance(key: string, offset: string): void {
    const next = BigInt(offset) + 1n;
    if (next > (this.positions.get(key) ?? 0n)) this.positions.set(key, next);
  }

  /** The present end of each partition; at the first call also where to begin. */
  private async findEnds(admin: Admin): Promise<Map<string, bigint>> {
    const ends = new Map<string, bigint>();
    for (const topic of await existingTopics(admin)) {
      const first = this.positions.has(keyOf(topic, 0));
      const starts = first ? [] : await admin.fetchTopicOffsetsByTimestamp(topic, this.since.getTime());
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        const key = keyOf(topic, partition);
        ends.set(key, BigInt(high));
        if (this.positions.has(key)) continue;
        const start = BigInt(starts.find((found) => found.partition === partition)?.offset ?? low);
        this.positions.set(key, start < BigInt(low) ? BigInt(low) : start);
      }
    }
    return ends;
  }

  private placeOf(key: string): { topic: string; partition: number; offset: string } {
    const [topic = '', partition = '0'] = key.split('#');
    return { topic, partition: Number(partition), offset: String(this.positions.get(key) ?? 0n) };
  }

  private async withAdmin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

async function existingTopics(admin: Admin): Promise<string[]> {
  const existing = new Set(await admin.listTopics());
  return TOPICS.filter((topic) => existing.has(topic));
}

function summaryOf(topic: string, partition: number, message: KafkaMessage): RecordSummary {
  const { key, value, headers = {}, offset, timestamp } = message;
  const decoded = decodeRecord({ topic, key, value, headers });
  const place = { topic, partition, offset, at: timeOf(timestamp) };
  if (!decoded.ok) return { ...place, event: null, fromPublisher: false };
  const { id, sequence, source } = decoded.event;
  const definition = eventOfTopic(topic);
  const orderId = definition?.key === ORDER_KEY ? decoded.event.orderId : null;
  return { ...place, event: { id, orderId, sequence }, fromPublisher: source === `/${definition?.publisher}` };
}

/** The nearest moment that can be stored: a broken clock is no reason not to look at the record. */
function timeOf(timestamp: string): Date {
  return new Date(Math.min(Math.max(Number(timestamp), 0), LATEST_MS));
}

function keyOf(topic: string, partition: number): string {
  return `${topic}#${partition}`;
}

function topicOf(key: string): string {
  return key.split('#')[0] ?? '';
}

/** Calls out when nothing has progressed for a while. */
class Watch {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly callOut: () => void) {
    this.progressed();
  }

  progressed(): void {
    this.stop();
    this.timer = setTimeout(this.callOut, STALL_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
