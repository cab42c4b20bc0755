import { registerCodecs } from '../../libs/messaging/src/kafka/compression/codecs.ts';
import { withinTime } from '../../libs/testing/src/eventually.ts';
import { Kafka, logLevel, type IHeaders, type Message } from 'kafkajs';

registerCodecs();

/** For all records of a topic. */
const READ_TIMEOUT_MS = 120_000;

/** A record as it stands in a topic. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  /** Milliseconds since the epoch, as the producer said. */
  readonly timestamp: string;
}

/** The system's Kafka, for tests that look at it or play a publisher. */
export class KafkaProbe {
  private readonly kafka: Kafka;

  constructor(brokers: string) {
    this.kafka = new Kafka({
      clientId: 'test-probe',
      brokers: [brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 10, initialRetryTime: 200, maxRetryTime: 2_000 },
    });
  }

  async publish(topic: string, messages: Message[]): Promise<void> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      await producer.send({ topic, messages });
    } finally {
      await producer.disconnect();
    }
  }

  /** All records of a topic, from the beginning to its present end. */
  async read(topic: string): Promise<TopicRecord[]> {
    const ends = await this.endsOf(topic);
    const records: TopicRecord[] = [];
    const left = new Set(ends.filter(({ low, high }) => low !== high).map(({ partition }) => partition));
    if (left.size === 0) return records;
    const consumer = this.kafka.consumer({ groupId: `probe-${crypto.randomUUID()}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const all = new Promise<void>((resolve, reject) => {
      consumer
        .run({
          autoCommit: false,
          eachMessage: ({ partition, message }) => {
            const { offset, key, value, headers = {}, timestamp } = message;
            records.push({ topic, partition, offset, key, value, headers, timestamp });
            const end = ends.find((candidate) => candidate.partition === partition);
            if (BigInt(message.offset) + 1n >= BigInt(end?.high ?? 0)) left.delete(partition);
            if (left.size === 0) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    try {
      await withinTime(all, READ_TIMEOUT_MS, `reading ${topic}`);
    } finally {
      await consumer.disconnect();
    }
    return records;
  }

  private async endsOf(topic: string): Promise<{ partition: number; low: string; high: string }[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await admin.fetchTopicOffsets(topic);
    } finally {
      await admin.disconnect();
    }
  }
}
