import { Lifecycle } from '@app/platform';
import {
  Module,
  type DynamicModule,
  type INestApplication,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ClientSockets } from './kafka/client-sockets';
import { ConsumerHealth } from './consumer/consumer-health';
import { ConsumerLag } from './consumer/consumer-lag';
import { ConsumerWatchdog } from './consumer/consumer-watchdog';
import { DeadLetters } from './failed/dead-letters';
import { DueMetrics } from './due-work/due-metrics';
import { DueWorkers } from './due-work/due-workers';
import { EventBatchProcessor } from './consumer/event-batch-processor';
import { FailedMessages } from './failed/failed-messages';
import { Inbox } from './consumer/inbox';
import { KafkaEventServer } from './consumer/kafka-event-server';
import { KafkaFactory } from './kafka/kafka-factory';
import { KafkaHealthIndicator, OutboxHealthIndicator } from './messaging.health-indicators';
import { MessagingCollectors } from './messaging.collectors';
import { MessagingMetrics } from './metrics/messaging-metrics';
import { MessagingOptions } from './messaging-options';
import { Outbox } from './unit-of-work/outbox';
import { ProcessSpans } from './consumer/process-spans';
import { OutboxSignal } from './unit-of-work/outbox-signal';
import { OutboxRelay } from './relay/relay';
import { RelayProducer } from './relay/relay-producer';
import { RetryQueue } from './retry/retry-queue';
import { RetryWorker } from './retry/retry-worker';
import { TopicCreator } from './kafka/topic-creator';
import { TopicKeeper } from './consumer/topic-keeper';
import { Transactions } from './unit-of-work/transactions';

/** How long a stopping process goes on publishing what is in its outbox. What is left waits for the next one. */
const FINAL_PUBLISH_MS = 5_000;

/**
 * The messaging core of a service: transactions with outbox and inbox, the relay, the Kafka transport, retries and dead
 * letters. Global, so that use cases just inject `Transactions`. Needs `PlatformModule` and the database module.
 */
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly retries: RetryWorker,
    private readonly server: KafkaEventServer,
    private readonly workers: DueWorkers,
    private readonly lifecycle: Lifecycle,
  ) {}

  static forRoot(options: MessagingOptions): DynamicModule {
    const kafka = [KafkaEventServer, KafkaFactory, ConsumerHealth, RelayProducer];
    const shared = [Inbox, Transactions, DueMetrics, DueWorkers, ...kafka];
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: MessagingOptions, useValue: options },
        ...shared,
        ClientSockets,
        ConsumerLag,
        ConsumerWatchdog,
        DeadLetters,
        EventBatchProcessor,
        FailedMessages,
        KafkaHealthIndicator,
        MessagingCollectors,
        MessagingMetrics,
        OutboxHealthIndicator,
        Outbox,
        OutboxRelay,
        OutboxSignal,
        ProcessSpans,
        RetryQueue,
        RetryWorker,
        TopicCreator,
        TopicKeeper,
      ],
      exports: [MessagingOptions, ...shared],
    };
  }

  onApplicationBootstrap(): void {
    this.relay.start();
    this.retries.start();
    this.workers.start();
    this.server.begin();
    this.lifecycle.onDrain(async () => {
      await Promise.all([this.server.close(), this.retries.stop()]);
    }, 'event consumers');
    this.lifecycle.onDrain(() => this.workers.stop(), 'workers');
    this.lifecycle.onDrain(() => this.relay.stop(FINAL_PUBLISH_MS), 'outbox relay');
  }

  /** An application that is closed without having been drained (a test) must not leave the relay and the workers behind. */
  async onModuleDestroy(): Promise<void> {
    await this.lifecycle.drain();
  }
}

/** Connects the `@EventPattern` methods of an application to Kafka; to be called before it starts its microservices. */
export function connectEventConsumers(app: INestApplication): void {
  app.connectMicroservice({ strategy: app.get(KafkaEventServer) }, { inheritAppConfig: false });
}
