import { Outage } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { Kafka, logLevel, Partitioners, type KafkaConfig, type LogEntry } from 'kafkajs';
import { registerCodecs } from './compression/codecs';
import { MessagingOptions } from '../messaging-options';

/** kafkajs reports ordinary life of a group (rebalances, moved coordinators) as errors; these are not worth waking anyone. */
const ORDINARY = /rebalanc|coordinator|group is loading|Response Heartbeat|Response JoinGroup|Response SyncGroup/i;

/**
 * How long an answer may be awaited before its connection is given up, in milliseconds. What Kafka itself may take longer for
 * (finding a group together, making a topic) has its own time, in our patch of kafkajs.
 */
export const REQUEST_TIMEOUT_MS = 4_000;

registerCodecs();

/** Connection settings of every Kafka client in the process. Always explicit: kafkajs's own defaults differ under test. */
export function kafkaConfigOf(options: MessagingOptions, purpose: string): KafkaConfig {
  return {
    clientId: `${options.service}-${purpose}`,
    brokers: [...options.brokers],
    connectionTimeout: 4_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: { retries: 10, initialRetryTime: 300, maxRetryTime: 2_000 },
    logLevel: logLevel.WARN,
    logCreator: () => kafkaLogger(new Logger(`Kafka.${purpose}`)),
  };
}

/** Messages of kafkajs that are counted, one line a minute, instead of being logged each time. */
const MOST_MESSAGES = 100;

function kafkaLogger(logger: Logger): (entry: LogEntry) => void {
  const outages = new Map<string, Outage>();
  const warn = (message: string, error: string | undefined, fields: object): void => {
    const texts = { failing: message, working: message };
    const outage = outages.get(message) ?? new Outage(logger, texts);
    if (outages.size < MOST_MESSAGES) outages.set(message, outage);
    outage.failed(error ?? 'no reason given', fields);
  };
  return ({ level, log }) => {
    const { message, error, groupId, broker } = log as { message: string } & Partial<Record<string, string>>;
    const fields = { kafka_error: error, group: groupId, broker };
    if (ORDINARY.test(`${message} ${error ?? ''}`)) logger.debug(message, fields);
    else if (level === logLevel.ERROR) warn(message, error, fields);
    else logger.debug(message, fields);
  };
}

/** Makes Kafka clients with the service's settings. */
@Injectable()
export class KafkaFactory {
  constructor(private readonly options: MessagingOptions) {}

  /** A client that says what it is for in its id, so that the broker's logs can tell clients apart. `overrides` replace settings. */
  create(purpose: string, overrides: Partial<KafkaConfig> = {}): Kafka {
    return new Kafka({ ...kafkaConfigOf(this.options, purpose), ...overrides });
  }
}

/** The partitioner every producer uses: murmur2, as the Java clients, so that a key is in the same place for everyone. */
export const createPartitioner = Partitioners.DefaultPartitioner;
