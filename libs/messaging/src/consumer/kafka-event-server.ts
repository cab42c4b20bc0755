import type { EventEnvelope } from '@app/cloudevents';
import { backoff, Clock, sleep } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ServerKafka, type MessageHandler } from '@nestjs/microservices';
import type { Consumer, Kafka } from 'kafkajs';
import type { BatchControl } from './batch-control';
import { ClientSockets } from '../kafka/client-sockets';
import type { ConsumedRecord } from '../record/consumed-record';
import { consumerClientOf, consumerConfigOf } from './consumer-config';
import { ConsumerHealth } from './consumer-health';
import { ConsumerLag } from './consumer-lag';
import { ConsumerWatchdog } from './consumer-watchdog';
import { DueWorkers } from '../due-work/due-workers';
import { EventBatchProcessor } from './event-batch-processor';
import { FetchCollector } from './fetch-collector';
import { MessagingOptions } from '../messaging-options';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { TopicKeeper } from './topic-keeper';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';
import type { UnreadablePlace } from './unreadable-batches';

/** How often a heartbeat may be due while a batch is being worked on. */
const HEARTBEAT_INTERVAL_MS = 1_000;
/** Longest pause between two tries in an outage: for so long it may be over without anybody noticing. */
const MAX_PAUSE_MS = 2_000;
/** How long a closing server waits for a connection that is being made. */
const CONNECTING_GRACE_MS = 5_000;
/** How long a consumer that is replaced may take to leave its group. */
const LEAVING_GRACE_MS = 3_000;

/**
 * Nest's Kafka transport with set-based handlers: what one fetch brings, over all partitions and topics, is handled in one
 * transaction, and offsets are committed after it. `@EventPattern` methods are its handlers.
 *
 * It connects in the background, for as long as it takes: a service without Kafka still answers its HTTP requests. Once
 * running, it survives outages of Kafka and of PostgreSQL by itself. A consumer that kafkajs has given up is replaced by another,
 * again and again: what ended it, a restart of the process would meet as well.
 */
@Injectable()
export class KafkaEventServer extends ServerKafka {
  private readonly collector: FetchCollector;
  private readonly stopping = new AbortController();
  private readonly applicationIsUp = Promise.withResolvers<void>();
  private readonly stopped = new Promise<void>((resolve) => {
    this.stopping.signal.addEventListener('abort', () => resolve());
  });
  private connecting: Promise<void> | undefined;
  private replaceConsumer: (error: Error) => void = () => undefined;
  private outages = 0;

  constructor(
    private readonly messaging: MessagingOptions,
    private readonly processor: EventBatchProcessor,
    private readonly topics: TopicKeeper,
    private readonly health: ConsumerHealth,
    private readonly watchdog: ConsumerWatchdog,
    private readonly lag: ConsumerLag,
    private readonly metrics: MessagingMetrics,
    private readonly workers: DueWorkers,
    private readonly sockets: ClientSockets,
    clock: Clock,
  ) {
    super({
      client: consumerClientOf(messaging, sockets),
      consumer: { groupId: messaging.service },
      postfixId: '',
    });
    this.collector = new FetchCollector(
      {
        process: (records, interrupted) => this.processBatch(records, interrupted),
        stopping: () => this.stopping.signal.aborted,
        outage: (error, resume) => this.pauseFor(error, resume),
        unreadable: (place) => this.fetchAgain(place),
        catalogue: messaging.catalogue,
        maxRecords: messaging.maxBatchRecords,
        linger: messaging.linger,
        heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
      },
      () => clock.now().getTime(),
    );
  }

  /** Fails when a topic has several handlers: they would share a transaction, and run at the same time in it. */
  override listen(callback: (error?: unknown) => void): Promise<void> {
    const [twice] = [...this.messageHandlers].filter(([, handler]) => handler.next !== undefined);
    if (twice !== undefined) {
      callback(new TypeError(`${String(twice[0])} has more than one @EventPattern method`));
      return Promise.resolve();
    }
    // Nest starts its transports before it initialises what the handlers depend on.
    this.connecting = this.applicationIsUp.promise.then(() => this.consumeUntilStopped());
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
    this.watchdog.stop();
    this.topics.stop();
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

  /** Hands events to the `@EventPattern` method of their topic, through Nest's pipeline. Rejects with what the method threw. */
  async dispatch(topic: string, events: readonly EventEnvelope[], unitOfWork: UnitOfWork): Promise<void> {
    if (this.getHandlerByPattern(topic) === null) throw new TypeError(`no @EventPattern method handles ${topic}`);
    // Nest passes data and context on to the method as they are; for our handlers the context is the unit of work.
    await this.handleEvent(topic, { pattern: topic, data: events }, unitOfWork as never);
  }

  override async start(callback: () => void): Promise<void> {
    const kafka: Kafka = this.client as never;
    const consumer = kafka.consumer(consumerConfigOf(this.messaging));
    this.consumer = consumer;
    this.health.observe(consumer, this.collector, (error) => {
      if (this.consumer === consumer) this.replaceConsumer(error);
    });
    // The next owner of the partitions resumes from the committed offsets. This request is sent before the one that re-joins.
    consumer.on(consumer.events.REBALANCING, () => void this.collector.commitRest());
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.collector.joined();
      // One that was replaced while it was joining must not stay in the group. It can be stopped once it has begun to run.
      if (this.consumer !== consumer) setTimeout(() => void leave(consumer), HEARTBEAT_INTERVAL_MS).unref();
    });
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
      eachBatch: (payload) => (this.consumer === consumer ? this.collector.add(payload) : Promise.resolve()),
    });
  }

  private async consumeUntilStopped(): Promise<void> {
    this.lag.of(this.topicsRead());
    this.metrics.consumes(this.topicsRead());
    this.watchdog.start((why) => this.replaceConsumer(new Error(why)));
    this.topics.start(this.topicsRead());
    for (let attempt = 0; !this.stopping.signal.aborted; attempt += 1) {
      try {
        const end = Promise.withResolvers<never>();
        this.replaceConsumer = end.reject;
        await this.topics.create();
        this.client = await this.createClient();
        await Promise.race([this.start(() => (attempt = 0)).then(() => end.promise), end.promise, this.stopped]);
      } catch (error) {
        this.health.failed(error);
        await this.discardConsumer();
        await sleep(300 + backoff(attempt, 300, 2_000), this.stopping.signal);
      }
    }
  }

  private async discardConsumer(): Promise<void> {
    const consumer: Consumer | null = this.consumer;
    this.consumer = null;
    if (consumer !== null) await leave(consumer);
    this.sockets.renew('the consumer is being replaced');
  }

  private topicsRead(): string[] {
    return [...this.messageHandlers.keys()];
  }

  private async processBatch(
    records: readonly ConsumedRecord[],
    interrupted: BatchControl['interrupted'],
  ): Promise<void> {
    await this.workers.untilCapacity();
    const control: BatchControl = { interrupted, progressed: () => this.health.progressed() };
    const begun = performance.now();
    await this.processor.process(
      records,
      (topic, events, unitOfWork) => this.dispatch(topic, events, unitOfWork),
      control,
    );
    this.metrics.batchProcessed(records, (performance.now() - begun) / 1_000);
    this.outages = 0;
  }

  private pauseFor(error: unknown, resume: () => void): void {
    this.health.interrupted(error);
    this.outages += 1;
    const delay = 200 + backoff(this.outages, 250, MAX_PAUSE_MS);
    void sleep(delay, this.stopping.signal).then(() => {
      if (!this.stopping.signal.aborted) resume();
    });
  }

  private fetchAgain({ topic, partition, offset, error }: UnreadablePlace): void {
    this.logger.warn(`Records cannot be read; fetching them again: ${error.message}`, { topic, partition, offset });
    this.sockets.renew('unreadable records were fetched');
  }
}

/** Leaves the group, unless that takes too long. Never rejects. */
async function leave(consumer: Consumer): Promise<void> {
  const patience = AbortSignal.timeout(LEAVING_GRACE_MS);
  await Promise.race([
    consumer.disconnect().catch(() => undefined),
    new Promise((resolve) => patience.addEventListener('abort', resolve)),
  ]);
}
