import type { ConfigOf } from './define-config';
import { durationListMs, durationMs, hostList, nonNegativeInt, oneOf, port, positiveInt, text, url } from './variables';

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
  return { ...processConfig(defaults.port), ...kafkaConfig(), ...retryConfig(), ...storageConfig(databaseUser) };
}

/** The loaded form of `commonConfig`; every config of a service is assignable to it. */
export type CommonConfig = ConfigOf<ReturnType<typeof commonConfig>>;

function processConfig(defaultPort: number) {
  return {
    nodeEnv: oneOf(['development', 'test', 'production'], {
      description: 'What the process is run for.',
      default: 'development',
    }),
    serviceVersion: text({
      description: 'Version shown by / and /health and written to every log line; images set it.',
      default: 'dev',
      example: '1.4.0',
    }),
    host: text({
      description:
        'Address the HTTP server listens on: this machine only, unless told otherwise; images listen on 0.0.0.0.',
      default: '127.0.0.1',
    }),
    port: port({ description: 'Port of the HTTP server; 0 takes a free one.', default: defaultPort }),
    httpMaxConnections: positiveInt({
      description: 'Connections to the HTTP server at a time; those beyond are closed at once.',
      default: 10_000,
      max: 100_000,
    }),
    logLevel: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
      description: 'The least severe level that is written.',
      default: 'info',
    }),
    logFormat: oneOf(['auto', 'json', 'pretty'], {
      description: 'json: one object a line; pretty: for people; auto: pretty on a terminal, else json.',
      default: 'auto',
    }),
    shutdownTimeoutMs: durationMs({
      description: 'Milliseconds from SIGTERM to the forced exit with code 1.',
      default: 20_000,
    }),
    shutdownDelayMs: durationMs({
      description:
        'Milliseconds from SIGTERM for which requests are still accepted, so that balancers see first that the service is not ready; at most a quarter of SHUTDOWN_TIMEOUT_MS.',
      default: 500,
    }),
  };
}

function kafkaConfig() {
  return {
    kafkaBootstrapServers: hostList({ description: 'Kafka brokers to start from.', default: ['127.0.0.1:9092'] }),
    topicPartitions: positiveInt({ description: 'Partitions of a topic that is created.', default: 6, max: 1000 }),
    topicReplicationFactor: positiveInt({ description: 'Replicas of a topic that is created.', default: 1, max: 32 }),
  };
}

function retryConfig() {
  return {
    immediateRetries: nonNegativeInt({
      description: 'Tries at once, beyond the first, before a failing event is put aside.',
      default: 3,
      max: 100,
    }),
    retryDelaysMs: durationListMs({
      description:
        'Milliseconds before each further try of an event that was put aside, at most; then it is a dead letter.',
      default: [1_000, 5_000, 30_000, 120_000, 600_000],
    }),
    deskRetryLimit: positiveInt({
      description: 'Failed retries by hand after which a dead letter is quarantined.',
      default: 5,
      max: 1_000,
    }),
    failedMessageRetentionDays: positiveInt({
      description: 'Days for which failed messages are kept once they are handled or discarded.',
      default: 30,
      max: 3_650,
    }),
  };
}

function storageConfig(user: string) {
  return {
    databaseUrl: url({
      description: "PostgreSQL with the service's own role.",
      default: `postgres://${user}:${user}@127.0.0.1:5432/microservices_db`,
      example: `postgres://${user}:password@127.0.0.1:5432/microservices_db`,
      protocols: ['postgres', 'postgresql'],
      secret: true,
    }),
    databasePoolSize: positiveInt({ description: 'Most connections of one process.', default: 10, max: 1000 }),
    databaseStatementTimeoutMs: durationMs({
      description:
        'Milliseconds after which PostgreSQL gives a statement up; a second more, and a server that says nothing at all is given up.',
      default: 4_000,
    }),
    databaseLockTimeoutMs: durationMs({
      description:
        'Milliseconds a request waits for a row that somebody has locked; sets of orders go around it sooner.',
      default: 3_000,
    }),
    databaseStartTimeoutMs: durationMs({
      description: 'Milliseconds a starting service waits for PostgreSQL to come up.',
      default: 60_000,
    }),
    redisUrl: url({
      description: 'Redis, used as a cache only; the service works without it.',
      default: 'redis://127.0.0.1:6379',
      example: 'redis://:password@127.0.0.1:6379',
      protocols: ['redis', 'rediss'],
      secret: true,
    }),
  };
}
