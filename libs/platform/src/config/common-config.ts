import { authConfig } from '../auth/auth-config';
import type { ConfigOf } from './define-config';
import { tracingConfig } from './tracing-config';
import {
  bool,
  durationListMs,
  durationMs,
  hostList,
  nonNegativeInt,
  oneOf,
  optional,
  port,
  positiveInt,
  text,
  url,
} from './variables';

/** What differs between services in the variables they share. */
export interface CommonDefaults {
  /** Default of `PORT`. */
  readonly port: number;
  /** Role, password and schema of the local database: all three carry the service's name, like `order_service`. */
  readonly databaseUser: string;
}

/**
 * The variables every service has. The defaults fit the local stack, so a service starts with no environment
 * at all; spread the result into the service's own spec.
 */
export function commonConfig(defaults: CommonDefaults) {
  const { databaseUser } = defaults;
  return {
    ...processConfig(defaults.port),
    ...metricsConfig(),
    ...authConfig(),
    ...kafkaConfig(),
    ...retryConfig(),
    ...storageConfig(databaseUser),
    ...tracingConfig(),
  };
}

/** The loaded form of `commonConfig`; every config of a service is assignable to it. */
export type CommonConfig = ConfigOf<ReturnType<typeof commonConfig>>;

function processConfig(defaultPort: number) {
  return {
    nodeEnv: oneOf(['development', 'test', 'production'], {
      description: 'Environment the process runs in.',
      default: 'development',
    }),
    serviceVersion: text({
      description: 'Version shown at / and /health and in every log line; images set it.',
      default: 'dev',
      example: '1.4.0',
    }),
    host: text({
      description:
        'Address the HTTP server listens on; the default accepts local connections only, images listen on 0.0.0.0.',
      default: '127.0.0.1',
    }),
    port: port({ description: 'Port of the HTTP server; 0 picks a free one.', default: defaultPort }),
    httpMaxConnections: positiveInt({
      description: 'Maximum number of open HTTP connections; further ones are closed at once.',
      default: 10_000,
      max: 100_000,
    }),
    logLevel: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
      description: 'Lowest log level that is written.',
      default: 'info',
    }),
    logFormat: oneOf(['auto', 'json', 'pretty'], {
      description:
        'Log format; json is one object per line, pretty is for people, auto is pretty on a terminal and json otherwise.',
      default: 'auto',
    }),
    logOrders: oneOf(['off', 'sampled', 'all'], {
      description:
        'Which orders get a line in the log for each of their steps; sampled is one order of a hundred, the same ones in all services.',
      default: 'all',
    }),
    shutdownTimeoutMs: durationMs({
      description: 'Time from SIGTERM to a forced exit with code 1, in milliseconds.',
      default: 20_000,
    }),
    shutdownDelayMs: durationMs({
      description:
        'Time after SIGTERM during which requests are still accepted, in milliseconds, so that load balancers notice first; at most a quarter of SHUTDOWN_TIMEOUT_MS.',
      default: 500,
    }),
  };
}

function metricsConfig() {
  return {
    metrics: bool({
      description: 'Whether the service counts what it does and serves the figures at /metrics.',
      default: true,
    }),
    metricsPort: optional(
      port({
        description: 'Port on which /metrics is served instead of PORT, so that it need not be public.',
        example: '9464',
      }),
    ),
    metricsHost: text({
      description: 'Address on which METRICS_PORT listens.',
      default: '127.0.0.1',
    }),
  };
}

function kafkaConfig() {
  return {
    kafkaBootstrapServers: hostList({
      description: 'Kafka brokers for the initial connection.',
      default: ['127.0.0.1:9092'],
    }),
    topicPartitions: positiveInt({
      description: 'Number of partitions of topics that the service creates.',
      default: 6,
      max: 1000,
    }),
    topicReplicationFactor: positiveInt({
      description: 'Replication factor of topics that the service creates.',
      default: 1,
      max: 32,
    }),
  };
}

function retryConfig() {
  return {
    immediateRetries: nonNegativeInt({
      description: 'Number of immediate retries before a failing event is parked.',
      default: 3,
      max: 100,
    }),
    retryDelaysMs: durationListMs({
      description:
        'Maximum delay before each retry of a parked event, in milliseconds; when the last one fails, the event is dead-lettered.',
      default: [1_000, 5_000, 30_000, 120_000, 600_000],
    }),
    deskRetryLimit: positiveInt({
      description: 'Number of failed manual retries after which a dead letter is quarantined.',
      default: 5,
      max: 1_000,
    }),
    failedMessageRetentionDays: positiveInt({
      description: 'Number of days failed messages are kept after they are handled or discarded.',
      default: 30,
      max: 3_650,
    }),
  };
}

function storageConfig(user: string) {
  return {
    databaseUrl: url({
      description: "URL of PostgreSQL, with the service's own role.",
      default: `postgres://${user}:${user}@127.0.0.1:5432/microservices_db`,
      example: `postgres://${user}:password@127.0.0.1:5432/microservices_db`,
      protocols: ['postgres', 'postgresql'],
      secret: true,
    }),
    databasePoolSize: positiveInt({
      description: 'Maximum number of PostgreSQL connections of one process.',
      default: 10,
      max: 1000,
    }),
    databaseStatementTimeoutMs: durationMs({
      description:
        'Statement time-out of PostgreSQL, in milliseconds; the connection to a server that stays silent for a second longer is closed.',
      default: 4_000,
    }),
    databaseLockTimeoutMs: durationMs({
      description:
        'How long a request waits for a locked row, in milliseconds; batches of events skip locked orders sooner.',
      default: 3_000,
    }),
    databaseStartTimeoutMs: durationMs({
      description: 'How long a starting service waits for PostgreSQL, in milliseconds.',
      default: 60_000,
    }),
    redisUrl: url({
      description: 'URL of Redis, used as a cache only; the service works without it.',
      default: 'redis://127.0.0.1:6379',
      example: 'redis://:password@127.0.0.1:6379',
      protocols: ['redis', 'rediss'],
      secret: true,
    }),
  };
}
