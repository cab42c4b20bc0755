import type { ConsumerConfig, KafkaConfig } from 'kafkajs';
import type { ClientSockets } from '../kafka/client-sockets';
import { kafkaConfigOf } from '../kafka/kafka-factory';
import type { MessagingOptions } from '../messaging-options';

/** How often the group hears of this member. */
const HEARTBEAT_INTERVAL_MS = 2_000;

/** What waits for an answer that does not come gives up after seconds: a new connection is made faster than that. */
export function consumerClientOf(options: MessagingOptions, sockets: ClientSockets): KafkaConfig {
  return {
    ...kafkaConfigOf(options, 'consumer'),
    connectionTimeout: 3_000,
    requestTimeout: 4_000,
    retry: { retries: 4, initialRetryTime: 200, maxRetryTime: 1_000 },
    socketFactory: sockets.factory,
  };
}

export function consumerConfigOf(options: MessagingOptions): ConsumerConfig {
  return {
    groupId: options.service,
    allowAutoTopicCreation: false,
    // A killed process keeps its partitions for this long; heartbeats go on while a batch or an outage lasts.
    sessionTimeout: 10_000,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    // For so long the group waits for a member to come back, and a member for the others: five seconds later it takes the answer to
    // its join for lost, because Kafka is allowed to be silent until then. Nobody needs longer: members hear of it by a heartbeat,
    // leave their work after its present transaction, and one that is dead is given up after `sessionTimeout`.
    rebalanceTimeout: 12_000,
    maxWaitTimeInMs: 500,
    // Partitions that are added are noticed after this time at the latest.
    metadataMaxAge: 30_000,
    // A record takes many times its bytes of memory while it waits for its turn. kafkajs asks for partitions in the same order each
    // time, so what the last ones have should fit in as well.
    maxBytesPerPartition: 64 * 1024,
    maxBytes: 768 * 1024,
    retry: {
      // For about two minutes of a Kafka that is away it stays the member that it is: a new one would have to wait for the old to expire.
      retries: 100,
      initialRetryTime: 200,
      maxRetryTime: 1_000,
      // One that kafkajs gives up is replaced as a whole, connections included.
      restartOnFailure: () => Promise.resolve(false),
    },
  };
}
