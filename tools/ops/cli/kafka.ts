import { Kafka, logLevel } from 'kafkajs';

/** A client for one question and its answer: it gives up within seconds, and is silent about it. */
export function kafkaAt(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: 'ops',
    brokers: [...brokers],
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 1, initialRetryTime: 200 },
    logLevel: logLevel.NOTHING,
  });
}
