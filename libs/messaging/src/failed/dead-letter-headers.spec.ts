import { CATALOGUE } from '@app/events';
import { deadLetterHeaders } from './dead-letter-headers';
import { toConsumedRecord } from '../record/consumed-record';

const RECORD = toConsumedRecord(CATALOGUE, 'order_created', 2, {
  key: null,
  value: null,
  offset: '41',
  timestamp: '1768469400000',
  attributes: 0,
  headers: {},
});

function headersFor(error: Error): Record<string, string> {
  const failure = {
    reason: 'handler_failed',
    attempts: 4,
    firstFailureAt: new Date(0),
    deskRetries: 0,
    consumerGroup: 'order-service',
  };
  return deadLetterHeaders(RECORD, { ...failure, error });
}

describe('the headers of a dead letter', () => {
  it('say where the record was and what became of it', () => {
    const error = Object.assign(new TypeError('a defect'), { stack: 'TypeError: a defect' });
    expect(headersFor(error)).toEqual({
      'kafka_dlt-original-topic': 'order_created',
      'kafka_dlt-original-partition': '2',
      'kafka_dlt-original-offset': '41',
      'kafka_dlt-original-timestamp': '1768469400000',
      'kafka_dlt-original-consumer-group': 'order-service',
      'kafka_dlt-exception-fqcn': 'TypeError',
      'kafka_dlt-exception-message': 'a defect',
      'kafka_dlt-exception-stacktrace': 'TypeError: a defect',
      'x-attempts': '4',
      'x-first-failure-at': '1970-01-01T00:00:00.000Z',
      'x-reason': 'handler_failed',
    });
  });

  it('are bounded in bytes, and no character is torn', () => {
    const error = Object.assign(new Error('m'.repeat(5_000)), { stack: `xx${'€'.repeat(5_000)}` });
    const headers = headersFor(error);
    expect(headers['kafka_dlt-exception-message']).toHaveLength(1_000);
    expect(headers['kafka_dlt-exception-stacktrace']).toBe(`xx${'€'.repeat(1_364)}`);
  });
});
