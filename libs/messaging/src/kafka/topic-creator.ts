import { Injectable } from '@nestjs/common';
import { KafkaFactory } from './kafka-factory';
import { MessagingOptions } from '../messaging-options';

const DAY_MS = 86_400_000;
/** Shorter than the inbox remembers, so that no record can come back after its entry is gone. */
const EVENT_RETENTION_MS = 7 * DAY_MS;
const DEAD_LETTER_RETENTION_MS = 90 * DAY_MS;
/** A dead letter is larger than its record by its headers; the largest record must still find room, or it stops the relay. */
const DEAD_LETTER_MAX_BYTES = 8 * 1024 * 1024;

/** Creates topics by name, since the broker is told never to create one by accident. */
@Injectable()
export class TopicCreator {
  constructor(
    private readonly factory: KafkaFactory,
    private readonly options: MessagingOptions,
  ) {}

  /**
   * Makes sure that the topics this service writes and the given ones it reads exist; the first service to start creates a topic.
   * Existing topics keep their settings. @returns the names of those it created. @throws when Kafka cannot be reached.
   */
  async create(consumed: readonly string[]): Promise<string[]> {
    const { catalogue, service } = this.options;
    const events = new Set([...catalogue.publishedBy(service).map(({ type }) => type), ...consumed]);
    const admin = this.factory
      .create('topics')
      .admin({ retry: { retries: 2, initialRetryTime: 300, maxRetryTime: 1_000 } });
    await admin.connect();
    try {
      const existing = new Set(await admin.listTopics());
      const wanted = [
        ...[...events].map((topic) => this.topic(topic, this.options.partitions, EVENT_RETENTION_MS)),
        this.deadLetterTopic(),
      ].filter(({ topic }) => !existing.has(topic));
      if (wanted.length > 0) await admin.createTopics({ topics: wanted, waitForLeaders: true, timeout: 10_000 });
      return wanted.map(({ topic }) => topic);
    } finally {
      await admin.disconnect();
    }
  }

  private deadLetterTopic() {
    const topic = this.topic(this.options.deadLetterTopic, 1, DEAD_LETTER_RETENTION_MS);
    const size = { name: 'max.message.bytes', value: String(DEAD_LETTER_MAX_BYTES) };
    return { ...topic, configEntries: [...topic.configEntries, size] };
  }

  private topic(topic: string, numPartitions: number, retentionMs: number) {
    return {
      topic,
      numPartitions,
      replicationFactor: this.options.replicationFactor,
      configEntries: [
        { name: 'retention.ms', value: String(retentionMs) },
        // Whatever the broker's default is: what services write is stored as they have written it.
        { name: 'compression.type', value: 'producer' },
        { name: 'min.insync.replicas', value: String(Math.max(1, this.options.replicationFactor - 1)) },
      ],
    };
  }
}
