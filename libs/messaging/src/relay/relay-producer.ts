import { Tracing } from '@app/platform';
import { Injectable, Optional } from '@nestjs/common';
import { CompressionTypes, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { createPartitioner, KafkaFactory, REQUEST_TIMEOUT_MS } from '../kafka/kafka-factory';
import { sendFailureOf } from './send-failure';
import { recordSends } from './send-spans';

/** Resolves only when every in-sync replica has the record. */
const ACKS_ALL = -1;
/** How long a broker waits for its replicas before it answers that they are too slow. */
const REPLICATION_TIMEOUT_MS = REQUEST_TIMEOUT_MS - 1_000;

/**
 * The producer of a relay. Not idempotent in Kafka's sense: kafkajs's idempotent mode can acknowledge a record that
 * the broker has dropped as a duplicate of another one after a failed send. One batch in flight keeps the order, and the
 * consumers' inbox drops duplicates. Nothing is tried a second time here: only the relay can leave out what was stored.
 */
@Injectable()
export class RelayProducer {
  private readonly kafka: Kafka;
  private producer: Producer | undefined;

  constructor(
    private readonly factory: KafkaFactory,
    private readonly metrics: MessagingMetrics,
    @Optional() private readonly tracing: Tracing = Tracing.off,
  ) {
    this.kafka = factory.create('relay', { retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 300 } });
  }

  /** One of its own connections, for a topic whose trouble must not reach the others. */
  another(): RelayProducer {
    return new RelayProducer(this.factory, this.metrics, this.tracing);
  }

  /**
   * Sends and waits for the acknowledgement of all records, for a few seconds.
   * @throws SendFailure when not all are known to be stored. The producer is replaced by a fresh one for the next call.
   */
  async send(topicMessages: TopicMessages[]): Promise<void> {
    try {
      const producer = this.producer ?? (await this.connect());
      const compression = CompressionTypes.None;
      await producer.sendBatch({ topicMessages, acks: ACKS_ALL, timeout: REPLICATION_TIMEOUT_MS, compression });
      this.metrics.sent(topicMessages, () => true);
    } catch (error) {
      await this.disconnect();
      const failure = sendFailureOf(error, topicMessages);
      this.metrics.sent(topicMessages, (message) => failure.stored.has(message));
      recordSends(this.tracing, topicMessages, (message) => failure.stored.has(message));
      throw failure;
    }
    recordSends(this.tracing, topicMessages);
  }

  /** Never rejects. */
  async disconnect(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner,
      idempotent: false,
      retry: { retries: 0 },
    });
    // Known before it is connected, so that one that gets only half way is disconnected too.
    this.producer = producer;
    await producer.connect();
    return producer;
  }
}
