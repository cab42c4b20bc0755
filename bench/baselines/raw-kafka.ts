import { setTimeout as delay } from 'node:timers/promises';
import { CompressionTypes, Partitioners, type Consumer, type Kafka, type Message, type Producer } from 'kafkajs';
import { ACKS_ALL, kafkaClient, PARTITIONS, untilJoined, withTopics } from './kafka.ts';
import { ORDER_CREATED_BYTES, sampleRecord } from './sample-record.ts';

/** What one producer and one consumer in one process reached. */
export interface RawKafkaResult {
  /** Consumed, while the time was measured. */
  readonly recordsPerSecond: number;
  readonly records: number;
  readonly seconds: number;
  /** Of the producer and the consumer together, without the broker. */
  readonly clientCpuSecondsPer1000Records: number;
}

export interface RawKafkaOptions {
  /** Bootstrap servers. */
  readonly kafka: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Of the value; the headers come on top. By default as an order_created event's. */
  readonly recordBytes?: number;
}

const TOPIC = 'raw_kafka_baseline';
const BATCH = 300;
const IN_FLIGHT = 4;
/** The producer waits for a consumer that is this far behind: what only piles up has not been moved. */
const MOST_AHEAD = 20 * BATCH;
const STALLED_AFTER_MS = 30_000;

/**
 * What Kafka and its client alone allow: records as the system's, produced with acks from all replicas in batches, several
 * in flight, and consumed in batches with their offsets committed. Nothing is done with them.
 */
export function rawKafkaBaseline(options: RawKafkaOptions): Promise<RawKafkaResult> {
  const kafka = kafkaClient(options.kafka, 'raw-kafka');
  return withTopics(kafka, [TOPIC], async (admin) => {
    const groupId = `raw-kafka-${Date.now()}`;
    const transfer = new Transfer(kafka, groupId);
    try {
      await transfer.start();
      await untilJoined(admin, groupId);
      return await transfer.measure(options);
    } finally {
      await transfer.stop();
      await admin.deleteGroups([groupId]).catch(() => undefined);
    }
  });
}

/** Records on their way from one producer to one consumer. */
class Transfer {
  private readonly producer: Producer;
  private readonly consumer: Consumer;
  private sent = 0;
  private consumed = 0;
  private progressAt = performance.now();
  private failure: Error | undefined;

  constructor(kafka: Kafka, groupId: string) {
    this.producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      maxInFlightRequests: IN_FLIGHT,
    });
    this.consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 500 });
  }

  async start(): Promise<void> {
    this.consumer.on('consumer.crash', ({ payload }) => (this.failure ??= payload.error));
    await Promise.all([this.producer.connect(), this.consumer.connect()]);
    await this.consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await this.consumer.run({
      partitionsConsumedConcurrently: PARTITIONS,
      eachBatch: ({ batch }) => {
        this.consumed += batch.messages.length;
        this.progressAt = performance.now();
        return Promise.resolve();
      },
    });
  }

  async measure(options: RawKafkaOptions): Promise<RawKafkaResult> {
    // Made beforehand and sent again and again, so that nothing but sending and consuming is measured.
    const { recordBytes = ORDER_CREATED_BYTES } = options;
    const messages = Array.from({ length: BATCH }, () => sampleRecord(recordBytes));
    const stopped = new AbortController();
    this.progressAt = performance.now();
    const lanes = Promise.all(Array.from({ length: IN_FLIGHT }, () => this.produce(messages, stopped.signal)));
    const measured = this.count(options);
    try {
      // A lane ends before it is told to only with an error.
      await Promise.race([lanes, measured]);
    } finally {
      stopped.abort();
    }
    const result = await measured;
    await lanes;
    await this.untilAllArrived();
    return result;
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.consumer.disconnect(), this.producer.disconnect()]);
  }

  private async count({ warmUpSeconds, seconds: wanted }: RawKafkaOptions): Promise<RawKafkaResult> {
    await delay(warmUpSeconds * 1_000);
    const before = this.consumed;
    const cpuBefore = process.cpuUsage();
    const begin = performance.now();
    await delay(wanted * 1_000);
    const records = this.consumed - before;
    const seconds = (performance.now() - begin) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const clientCpuSecondsPer1000Records = (user + system) / 1e6 / (records / 1_000);
    return { recordsPerSecond: records / seconds, records, seconds, clientCpuSecondsPer1000Records };
  }

  private async produce(messages: Message[], stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      this.assertProgress();
      if (this.sent - this.consumed > MOST_AHEAD) {
        await delay(1);
        continue;
      }
      this.sent += messages.length;
      await this.producer.sendBatch({
        topicMessages: [{ topic: TOPIC, messages }],
        acks: ACKS_ALL,
        compression: CompressionTypes.None,
      });
    }
  }

  private async untilAllArrived(): Promise<void> {
    while (this.consumed < this.sent) {
      this.assertProgress();
      await delay(10);
    }
    if (this.consumed > this.sent) throw new Error(`${this.sent} records were sent, and ${this.consumed} arrived`);
  }

  private assertProgress(): void {
    if (this.failure !== undefined) throw new Error('the consumer crashed', { cause: this.failure });
    if (performance.now() - this.progressAt < STALLED_AFTER_MS) return;
    throw new Error(
      `nothing consumed for ${STALLED_AFTER_MS / 1_000} s, ${this.sent - this.consumed} records under way`,
    );
  }
}
