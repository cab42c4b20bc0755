import type { EventEnvelope } from '@app/events';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ServerKafka, type MessageHandler } from '@nestjs/microservices';
import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs';
import type { BatchControl } from './batch-control';
import type { ConsumedRecord } from './consumed-record';
import { ConsumerHealth } from './consumer-health';
import { DueWorkers } from './due-workers';
import { EventBatchProcessor } from './event-batch-processor';
import { FetchCollector } from './fetch-collector';
import { kafkaConfigOf } from './kafka-factory';
import { MessagingOptions } from './messaging-options';
import { backoff, sleep } from './sleep';
import { TopicCreator } from './topic-creator';
import type { UnitOfWork } from './unit-of-work';

const HEARTBEAT_INTERVAL_MS = 2_000;
/** Longest pause between two tries in an outage: for so long it may be over without anybody noticing. */
const MAX_PAUSE_MS = 2_000;
/** How long a closing server waits for a connection that is being made. */
const CONNECTING_GRACE_MS = 5_000;

/**
 * Nest's Kafka transport with set-based handlers: what one fetch brings, over all partitions and topics, is handled in one
 * transaction, and offsets are committed after it. `@OnEvent` methods are its handlers.
 *
 * It connects in the background, for as long as it takes: a service without Kafka still answers its HTTP requests. Once
 * running, it survives outages of Kafka and of PostgreSQL by itself; a consumer that kafkajs has given up ends the process.
 */
@Injectable()
export class KafkaEventServer extends ServerKafka {
  private readonly collector: FetchCollector;
  private readonly stopping = new AbortController();
  private readonly applicationIsUp = Promise.withResolvers<void>();
  private connecting: Promise<void> | undefined;
  private outages = 0;

  constructor(
    private readonly messaging: MessagingOptions,
    private readonly processor: EventBatchProcessor,
    private readonly topics: TopicCreator,
    private readonly health: ConsumerHealth,
    private readonly workers: DueWorkers,
    clock: Clock,
  ) {
    super({
      client: kafkaConfigOf(messaging, 'consumer'),
      consumer: { groupId: messaging.service },
      postfixId: '',
    });
    this.collector = new FetchCollector(
      {
        process: (records, interrupted) => this.processBatch(records, interrupted),
        stopping: () => this.stopping.signal.aborted,
        outage: (error, resume) => this.pauseFor(error, resume),
        maxRecords: messaging.maxBatchRecords,
        gather: messaging.gather,
        heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
      },
      () => clock.now().getTime(),
    );
  }

  /** Fails when a topic has several handlers: they would share a transaction, and run at the same time in it. */
  override listen(callback: (error?: unknown) => void): Promise<void> {
    const [twice] = [...this.messageHandlers].filter(([, handler]) => handler.next !== undefined);
    if (twice !== undefined) {
      callback(new TypeError(`${String(twice[0])} has more than one @OnEvent method`));
      return Promise.resolve();
    }
    // Nest starts its transports before it initialises what the handlers depend on.
    this.connecting = this.applicationIsUp.promise.then(() => this.connectUntilStopped());
    callback();
    return Promise.resolve();
  }

  /** @internal Called by the messaging module when every provider is initialised: handlers may be called from now on. */
  begin(): void {
    this.applicationIsUp.resolve();
  }

  /** Takes no more records, finishes the ones in hand, commits, leaves the group. May be called again. */
  override async close(): Promise<void> {
    this.stopping.abort();
    this.health.stopWatching();
    this.begin();
    // A Kafka that answers nothing at all must not use up the time that the others have for their shutdown.
    const patience = AbortSignal.timeout(CONNECTING_GRACE_MS);
    await Promise.race([this.connecting, new Promise((resolve) => patience.addEventListener('abort', resolve))]);
    await this.collector.commitRest();
    await this.consumer?.disconnect();
    this.consumer = null;
    this.client = null;
  }

  /** A pattern is a topic's name here. Nest's own method first reads each as JSON, fails, and makes an error of that. */
  override getHandlerByPattern(pattern: string): MessageHandler | null {
    return this.messageHandlers.get(pattern) ?? null;
  }

  /** Hands events to the `@OnEvent` method of their topic, through Nest's pipeline. Rejects with what the method threw. */
  async dispatch(topic: string, events: readonly EventEnvelope[], unitOfWork: UnitOfWork): Promise<void> {
    if (this.getHandlerByPattern(topic) === null) throw new TypeError(`no @OnEvent method handles ${topic}`);
    // Nest passes data and context on to the method as they are; for our handlers the context is the unit of work.
    await this.handleEvent(topic, { pattern: topic, data: events }, unitOfWork as never);
  }

  override async start(callback: () => void): Promise<void> {
    const kafka: Kafka = this.client as never;
    const consumer = kafka.consumer(consumerConfigOf(this.messaging, this.stopping.signal));
    this.consumer = consumer;
    this.health.observe(consumer, this.topicsRead(), this.collector);
    // Whoever gets the partitions goes on from what is committed. The request is on its way before the one that re-joins.
    consumer.on(consumer.events.REBALANCING, () => void this.collector.commitRest());
    consumer.on(consumer.events.GROUP_JOIN, () => this.collector.joined());
    await consumer.connect();
    await this.bindEvents(consumer as never);
    callback();
  }

  override async bindEvents(consumer: never): Promise<void> {
    const kafkaConsumer: Consumer = consumer;
    await kafkaConsumer.subscribe({ topics: this.topicsRead(), fromBeginning: true });
    await kafkaConsumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Only collects; the work itself is one batch at a time. With fewer than the partitions of a fetch it would be cut up.
      partitionsConsumedConcurrently: this.messageHandlers.size * this.messaging.partitions,
      eachBatch: (payload) => this.collector.add(payload),
    });
  }

  private async connectUntilStopped(): Promise<void> {
    for (let attempt = 0; !this.stopping.signal.aborted; attempt += 1) {
      try {
        await this.topics.create(this.topicsRead());
        this.client = await this.createClient();
        await this.start(() => undefined);
        return;
      } catch (error) {
        this.logger.warn(
          `Kafka is not reachable yet, trying again: ${error instanceof Error ? error.message : String(error)}`,
        );
        await this.consumer?.disconnect().catch(() => undefined);
        await sleep(500 + backoff(attempt, 500, 5_000), this.stopping.signal);
      }
    }
  }

  private topicsRead(): string[] {
    return [...this.messageHandlers.keys()];
  }

  private async processBatch(
    records: readonly ConsumedRecord[],
    interrupted: BatchControl['interrupted'],
  ): Promise<void> {
    await this.workers.whenThereIsRoom();
    const control: BatchControl = { interrupted, progressed: () => this.health.progressed() };
    await this.processor.process(
      records,
      (topic, events, unitOfWork) => this.dispatch(topic, events, unitOfWork),
      control,
    );
    this.outages = 0;
  }

  private pauseFor(error: unknown, resume: () => void): void {
    this.health.interrupted(error);
    this.outages += 1;
    const delay = 200 + backoff(this.outages, 250, MAX_PAUSE_MS);
    this.logger.warn(
      `consumption paused for ${Math.round(delay)} ms: ${error instanceof Error ? error.message : String(error)}`,
    );
    void sleep(delay, this.stopping.signal).then(() => {
      if (!this.stopping.signal.aborted) resume();
    });
  }
}

function consumerConfigOf(options: MessagingOptions, stopping: AbortSignal): ConsumerConfig {
  return {
    groupId: options.service,
    allowAutoTopicCreation: false,
    // A killed process keeps its partitions for this long; heartbeats go on while a batch or an outage lasts.
    sessionTimeout: 10_000,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    rebalanceTimeout: 60_000,
    maxWaitTimeInMs: 500,
    // A record takes many times its bytes of memory while it waits for its turn. kafkajs asks for partitions in the same order each
    // time, so what the last ones have should fit in as well.
    maxBytesPerPartition: 64 * 1024,
    maxBytes: 768 * 1024,
    retry: {
      retries: 10,
      initialRetryTime: 300,
      maxRetryTime: 10_000,
      // A restart that is scheduled while the consumer is being closed would outlive it.
      restartOnFailure: () => Promise.resolve(!stopping.aborted),
    },
  };
}
