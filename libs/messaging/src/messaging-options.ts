import type { EventCatalogue } from '@app/cloudevents';
import type { CommonConfig } from '@app/platform';

/** How long to wait for more work between two batches (Kafka's `linger.ms`), in milliseconds: with hardly any load, and with much. */
export interface LingerTimes {
  readonly idleMs: number;
  readonly busyMs: number;
}

/** Base delays of the persisted retries, in milliseconds (before jitter): 1 s, 5 s, 30 s, 2 min, 10 min. */
export const DEFAULT_RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const;

/**
 * For background services: larger batches, up to 250 ms later. On a saturated machine small batches would starve such a
 * service, since the others take all the time there is.
 */
export const BACKGROUND_LINGER: LingerTimes = { idleMs: 150, busyMs: 250 };

/** What a service tells the messaging core. A class, so that it is its own injection token. */
export class MessagingOptions {
  /** Name of the service: its consumer group, and `ce_source` of what it publishes. Renaming it loses the group's offsets. */
  readonly service!: string;
  /** Every event that is published or consumed. */
  readonly catalogue!: EventCatalogue;
  /** Where records go that the service cannot handle. */
  readonly deadLetterTopic!: string;
  readonly brokers!: readonly string[];
  /** PostgreSQL URL of the service's own role; the relay holds one connection of its own for its lock. */
  readonly databaseUrl!: string;
  /** Partitions of a topic this service creates; an existing topic is left as it is. */
  readonly partitions!: number;
  readonly replicationFactor!: number;
  /** Immediate retries before a failing message is parked. */
  readonly immediateRetries: number = 3;
  /** Delays before each retry of a parked message; when the last one fails, the message is dead-lettered. */
  readonly retryDelaysMs: readonly number[] = DEFAULT_RETRY_DELAYS_MS;
  /** Retries from the desk after which a dead letter is quarantined. */
  readonly deskRetryLimit: number = 5;
  /** How long resolved and discarded messages, and finished jobs of the desk, are kept. */
  readonly failedMessageRetentionDays: number = 30;
  /** Records in one transaction, at most. */
  readonly maxBatchRecords: number = 1_000;
  /**
   * How long to wait for more records, events to publish and outcomes, so that they share a transaction. Keep it imperceptible,
   * except for background services: see {@link BACKGROUND_LINGER}.
   */
  readonly linger: LingerTimes = { idleMs: 0, busyMs: 50 };
  /** How long inbox rows are kept; must exceed the longest time a record can wait unread in a topic. */
  readonly inboxRetentionDays: number = 8;
  /** With lag and without progress for this long, the process is declared dead. Must exceed the longest rebalance, 60 s. */
  readonly stallTimeoutMs: number = 90_000;

  constructor(options: Partial<MessagingOptions> & Pick<MessagingOptions, RequiredOption>) {
    Object.assign(this, options);
    Object.freeze(this);
  }
}

/** What the environment says about messaging, for one service. */
export function messagingOptionsOf(
  identity: Pick<MessagingOptions, 'service' | 'catalogue' | 'deadLetterTopic'>,
  config: CommonConfig,
  overrides: Partial<MessagingOptions> = {},
): MessagingOptions {
  return new MessagingOptions({
    ...identity,
    brokers: config.kafkaBootstrapServers,
    databaseUrl: config.databaseUrl,
    partitions: config.topicPartitions,
    replicationFactor: config.topicReplicationFactor,
    immediateRetries: config.immediateRetries,
    retryDelaysMs: config.retryDelaysMs,
    deskRetryLimit: config.deskRetryLimit,
    failedMessageRetentionDays: config.failedMessageRetentionDays,
    ...overrides,
  });
}

type RequiredOption =
  'service' | 'catalogue' | 'deadLetterTopic' | 'brokers' | 'databaseUrl' | 'partitions' | 'replicationFactor';
