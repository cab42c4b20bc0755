import { deadLetterTopicOf, type EventEnvelope, type ServiceName } from '@app/events';
import { asKafkaMessage, infrastructureUrls } from '@app/testing';
import {
  ConfigResourceTypes,
  Kafka,
  logLevel,
  Partitioners,
  type Admin,
  type CompressionTypes,
  type KafkaMessage,
  type Message,
  type Producer,
} from 'kafkajs';
import { v7 } from 'uuid';

/** The topics the probe service reads. */
export const READ_TOPICS = ['order_created', 'payment_successful', 'payment_failed'] as const;
const PARTITIONS = 3;

/** A record as a test reads it back. */
export type FoundRecord = KafkaMessage & { readonly topic: string; readonly partition: number };

/** A test's own connection to Kafka: plays the publishers, and reads what was published. */
export class KafkaProbe {
  private constructor(
    private readonly kafka: Kafka,
    readonly admin: Admin,
    private readonly producer: Producer,
    private readonly service: ServiceName,
  ) {}

  /** The service's group begins at the end of its topics: what other suites left there is not its business. */
  static async connect(service: ServiceName): Promise<KafkaProbe> {
    const kafka = new Kafka({
      clientId: 'probe',
      brokers: [infrastructureUrls().kafka],
      logLevel: logLevel.NOTHING,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    const admin = kafka.admin();
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await Promise.all([admin.connect(), producer.connect()]);
    const probe = new KafkaProbe(kafka, admin, producer, service);
    await probe.createTopics();
    await probe.rewind(() => 'end');
    return probe;
  }

  /** Moves the group, which must have no members, to where its next member is to begin: an offset, or `end`. */
  async rewind(to: (topic: string, partition: number) => string): Promise<void> {
    const positions = await this.positions(to);
    // Not `admin.setOffsets`, which takes five seconds for each topic.
    const member = this.kafka.consumer({ groupId: this.service, maxWaitTimeInMs: 50 });
    const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
    await member.connect();
    await member.subscribe({ topics: [...READ_TOPICS], fromBeginning: true });
    await member.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
    await joined;
    await member.commitOffsets(positions);
    await member.disconnect();
  }

  /** Publishes events, in one request each topic, in the given order. */
  async publish(...events: EventEnvelope[]): Promise<void> {
    for (const [topic, group] of Map.groupBy(events, ({ type }) => type)) {
      await this.send(topic, ...group.map(asKafkaMessage));
    }
  }

  async send(topic: string, ...messages: Message[]): Promise<void> {
    await this.producer.send({ topic, messages });
  }

  /** Sends messages in one batch that the producer has compressed. */
  async sendPacked(topic: string, compression: CompressionTypes, ...messages: Message[]): Promise<void> {
    await this.producer.send({
      topic,
      messages: messages.map((message) => ({ ...message, partition: 0 })),
      compression,
    });
  }

  /** Publishes an event in the given partition. */
  async sendTo(topic: string, partition: number, event: EventEnvelope): Promise<void> {
    await this.send(topic, { ...asKafkaMessage(event), partition });
  }

  /** Sets a setting of a topic. */
  async configure(topic: string, name: string, value: string): Promise<void> {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] };
    await this.admin.alterConfigs({ validateOnly: false, resources: [resource] });
  }

  /** Makes Kafka forget what is in the partition. */
  async empty(topic: string, partition: number): Promise<void> {
    await this.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '-1' }] });
  }

  /** What the group has committed, by topic and partition: `payment_failed/0` → `12`. */
  async committed(): Promise<Record<string, string>> {
    const offsets = await this.admin.fetchOffsets({ groupId: this.service, topics: [...READ_TOPICS] });
    return Object.fromEntries(
      offsets.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [`${topic}/${partition}`, offset] as const),
      ),
    );
  }

  /** Records of the group's topics that it has not committed. */
  async lag(): Promise<number> {
    const committed = await this.committed();
    let lag = 0;
    for (const topic of READ_TOPICS) {
      for (const { partition, high } of await this.admin.fetchTopicOffsets(topic)) {
        lag += Number(high) - Number(committed[`${topic}/${partition}`]);
      }
    }
    return lag;
  }

  /** Reads topics from their beginning, calling back for each record, until the returned function is called. */
  async follow(topics: readonly string[], found: (record: FoundRecord) => void): Promise<() => Promise<void>> {
    const consumer = this.kafka.consumer({ groupId: `probe-reader-${v7()}`, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message }) => {
        found({ ...message, topic, partition });
        return Promise.resolve();
      },
    });
    return () => consumer.disconnect();
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
  }

  private async positions(to: (topic: string, partition: number) => string) {
    const positions = READ_TOPICS.map(async (topic) =>
      (await this.admin.fetchTopicOffsets(topic)).map(({ partition, high }) => {
        const offset = to(topic, partition);
        return { topic, partition, offset: offset === 'end' ? high : offset };
      }),
    );
    return (await Promise.all(positions)).flat();
  }

  private async createTopics(): Promise<void> {
    const existing = new Set(await this.admin.listTopics());
    const topics = [...READ_TOPICS, deadLetterTopicOf(this.service)]
      .filter((topic) => !existing.has(topic) && READ_TOPICS.some((read) => read === topic))
      .map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 }));
    if (topics.length > 0) await this.admin.createTopics({ topics, waitForLeaders: true });
  }
}
