import { OrderCreated } from '@app/events';
import { infrastructureUrls, TcpProxy } from '@app/testing';
import { KafkaFactory } from '../src/kafka/kafka-factory';
import type { MessagingOptions } from '../src/messaging-options';
import { type OutboxSignal } from '../src/unit-of-work/outbox-signal';
import { MessagingMetrics } from '../src/metrics/messaging-metrics';
import { OutboxRelay } from '../src/relay/relay';
import { RelayProducer } from '../src/relay/relay-producer';
import { TopicCreator } from '../src/kafka/topic-creator';
import { openCore } from './core';
import { ORDER } from './events';
import type { FoundRecord } from './kafka-probe';
import { MessagingBed } from './messaging-app';

const CAUSE = { correlationId: 'correlation-1' };

/** Relays without the rest of a service, and what they have published. */
export class RelayBed {
  private readonly closing: (() => Promise<void>)[] = [];

  private constructor(
    readonly bed: MessagingBed,
    private readonly core: Awaited<ReturnType<typeof openCore>>,
    private readonly records: FoundRecord[],
  ) {}

  static async open(): Promise<RelayBed> {
    const bed = await MessagingBed.create();
    const records: FoundRecord[] = [];
    const stopFollowing = await bed.kafka.follow([OrderCreated.type], (record) => records.push(record));
    const relays = new RelayBed(bed, await openCore(bed.options()), records);
    relays.closing.push(stopFollowing);
    return relays;
  }

  /** Starts a relay. Alone, it is told of commits without a detour. */
  start(overrides: Partial<MessagingOptions> = {}, signal: OutboxSignal = this.core.signal): OutboxRelay {
    const options = this.bed.options(overrides);
    const factory = new KafkaFactory(options);
    const producer = new RelayProducer(factory, MessagingMetrics.OFF);
    const relay = new OutboxRelay(options, signal, producer, new TopicCreator(factory, options));
    relay.start();
    this.closing.unshift(() => relay.stop(1_000));
    return relay;
  }

  /** A proxy in front of Kafka, and how a relay finds it. */
  async kafkaProxy(): Promise<{ proxy: TcpProxy; options: Partial<MessagingOptions> }> {
    const { port, proxyPort } = infrastructureUrls().kafkaBehindProxy;
    const proxy = await TcpProxy.open({ port }, proxyPort);
    this.closing.push(() => proxy.close());
    return { proxy, options: { brokers: [`127.0.0.1:${proxyPort}`] } };
  }

  /** A proxy in front of PostgreSQL, and how a relay finds it. */
  async postgresProxy(): Promise<{ proxy: TcpProxy; options: Partial<MessagingOptions> }> {
    const url = new URL(this.bed.database.url);
    const proxy = await TcpProxy.open({ host: url.hostname, port: Number(url.port) });
    this.closing.push(() => proxy.close());
    return { proxy, options: { databaseUrl: proxy.through(this.bed.database.url) } };
  }

  /** Stores an event of each order, in one transaction. */
  async publish(...orders: string[]): Promise<void> {
    await this.publishWith(ORDER, ...orders);
  }

  /** The same, with a payload. */
  async publishWith(payload: typeof ORDER, ...orders: string[]): Promise<void> {
    await this.core.transactions.run((unitOfWork) => {
      for (const orderId of orders) unitOfWork.publish(OrderCreated, { orderId, payload, cause: CAUSE });
      return Promise.resolve();
    });
  }

  /** Stores a row of the outbox as it is, with its headers as JSON. */
  async storeRow(row: { topic: string; key: string | null; headers?: string }): Promise<void> {
    await this.bed.rows(
      `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers)
       VALUES (gen_random_uuid(), 'order', $1, $2, $3, $4)`,
      [row.key, row.topic, '{}', row.headers ?? '{}'],
    );
  }

  /** `ce_sequence` of what the topic has of an order, in the topic's order. */
  sequencesOf(orderId: string): number[] {
    const mine = this.records.filter(({ key }) => key?.toString() === orderId);
    return mine.map(({ headers }) => Number(String(headers?.ce_sequence)));
  }

  /** What is in the outbox. */
  async outbox(): Promise<{ key: string | null; topic: string; refusal: string | null }[]> {
    return this.bed.rows('SELECT aggregateid AS key, type AS topic, refusal FROM outbox ORDER BY position');
  }

  /** Limits the size of what a topic takes at once; without bytes, ends that. */
  async limitTopic(topic: string, bytes?: number): Promise<void> {
    const configEntries = bytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(bytes) }];

    await this.bed.kafka.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: topic, configEntries }],
    });
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
    await this.core.close();
    await this.bed.destroy();
  }
}
