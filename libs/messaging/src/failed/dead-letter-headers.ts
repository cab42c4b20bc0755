import type { ConsumedRecord } from '../record/consumed-record';
import { RETRIES_HEADER } from './retry-rules';

const MAX_STACK_BYTES = 4_096;

/** What a dead letter tells about its failure. */
export interface DeadLetterFailure {
  readonly reason: string;
  readonly error: Error;
  readonly attempts: number;
  /** How often the desk has retried it; not told as long as it has not. */
  readonly deskRetries: number;
  readonly firstFailureAt: Date;
  readonly consumerGroup: string;
}

/**
 * The headers a dead letter has beyond those of the original record. The names are Spring Kafka's, so that tools which
 * know them work; all values are UTF-8 text.
 */
export function deadLetterHeaders(record: ConsumedRecord, failure: DeadLetterFailure): Record<string, string> {
  return {
    'kafka_dlt-original-topic': record.topic,
    'kafka_dlt-original-partition': String(record.partition),
    'kafka_dlt-original-offset': record.offset,
    'kafka_dlt-original-timestamp': record.timestamp,
    'kafka_dlt-original-consumer-group': failure.consumerGroup,
    'kafka_dlt-exception-fqcn': failure.error.constructor.name,
    'kafka_dlt-exception-message': failure.error.message.slice(0, 1_000),
    'kafka_dlt-exception-stacktrace': startOf(failure.error.stack ?? '', MAX_STACK_BYTES),
    'x-attempts': String(failure.attempts),
    'x-first-failure-at': failure.firstFailureAt.toISOString(),
    'x-reason': failure.reason,
    ...(failure.deskRetries === 0 ? {} : { [RETRIES_HEADER]: String(failure.deskRetries) }),
  };
}

/** As much of a text as fits into so many bytes, without a torn character at its end. */
function startOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}
