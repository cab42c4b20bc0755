import { Injectable } from '@nestjs/common';
import { CompressionTypes, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { createPartitioner, KafkaFactory } from './kafka-factory';

/** Resolves only when every in-sync replica has the record. */
const ACKS_ALL = -1;

/**
 * The one producer of a service. Not idempotent in Kafka's sense: kafkajs's idempotent mode can acknowledge a record that
 * the broker has dropped as a duplicate of another one after a failed send. One batch in flight keeps the order, and the
 * consumers' inbox drops duplicates.
 */
@Injectable()
export class RelayProducer {
  private readonly kafka: Kafka;
  private producer: Producer | undefined;

  constructor(factory: KafkaFactory) {
    this.kafka = factory.create('relay');
  }

  /** Whether the last send went through; for health pages. */
  healthy = false;

  /**
   * Sends and waits for the acknowledgement of all records.
   * @throws what Kafka said, after bounded retries; part of the records may have been stored then. The producer is
   * replaced by a fresh one for the next call.
   */
  async send(topicMessages: TopicMessages[]): Promise<void> {
    try {
      const producer = this.producer ?? (await this.connect());
      await producer.sendBatch({ topicMessages, acks: ACKS_ALL, timeout: 10_000, compression: CompressionTypes.None });
      this.healthy = true;
    } catch (error) {
      this.healthy = false;
      await this.disconnect();
      throw error;
    }
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
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    // Known before it is connected, so that one that gets only half way is disconnected too.
    this.producer = producer;
    await producer.connect();
    return producer;
  }
}
