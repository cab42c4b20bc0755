import { Kafka, logLevel, type Admin } from 'kafkajs';
import { OpsError } from './exit-code.ts';

/**
 * A client for one question and its answer: it gives up within seconds, and is silent about it.
 * @param retries more of them for a consumer: a Kafka that has just started needs seconds for its first group
 */
export function kafkaAt(brokers: readonly string[], retries = 1): Kafka {
  return new Kafka({
    clientId: 'ops',
    brokers: [...brokers],
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries, initialRetryTime: 200, maxRetryTime: 2_000 },
    logLevel: logLevel.NOTHING,
  });
}

/** An administrator's connection for the time of some work. @throws OpsError when Kafka does not answer within seconds */
export async function withKafkaAdmin<Result>(
  brokers: readonly string[],
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = kafkaAt(brokers).admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    if (error instanceof OpsError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new OpsError(`Kafka does not answer at ${brokers.join()} (${why}); is the system running?`);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Records above what a partition still keeps, from the first to the end. */
export function recordsIn({ low, high }: { readonly low: string; readonly high: string }): number {
  return Math.max(0, Number(high) - Number(low));
}
