import { FAILED_MESSAGE_STATUSES } from '@app/messaging';
import { DISCARDABLE, discardRefusal, retryable, retryRefusal, takenByJob } from './desk-rules';

describe('what may be retried', () => {
  it('is a dead letter, and a quarantined one only by force', () => {
    expect(retryable(false)).toEqual(['dead_lettered']);
    expect(retryable(true)).toEqual(['dead_lettered', 'quarantined']);
  });

  it.each(FAILED_MESSAGE_STATUSES)('is told with a reason when it is not: %s', (status) => {
    const { code, kind, message } = retryRefusal(status);
    expect({ code, kind }).toEqual({
      code: status === 'quarantined' ? 'FAILED_MESSAGE.QUARANTINED' : 'FAILED_MESSAGE.NOT_RETRYABLE',
      kind: 'conflict',
    });
    expect(message.length).toBeGreaterThan(20);
  });
});

describe('what a job takes', () => {
  it.each([
    ['retry', undefined, ['dead_lettered']],
    ['retry', 'quarantined', ['dead_lettered']],
    ['discard', undefined, ['dead_lettered', 'quarantined']],
    ['discard', 'dead_lettered', ['dead_lettered', 'quarantined']],
    ['discard', 'waiting', ['waiting']],
    ['discard', 'retrying', ['retrying']],
    ['discard', 'resolved', ['dead_lettered', 'quarantined']],
  ] as const)('to %s with the status %s are %p', (kind, named, statuses) => {
    expect(takenByJob(kind, named)).toEqual(statuses);
  });
});

it('what is finished cannot be discarded', () => {
  expect(FAILED_MESSAGE_STATUSES.filter((status) => !DISCARDABLE.includes(status))).toEqual(['resolved', 'discarded']);
  expect(discardRefusal('resolved').code).toBe('FAILED_MESSAGE.NOT_DISCARDABLE');
});
