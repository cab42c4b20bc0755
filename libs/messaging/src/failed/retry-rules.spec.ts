import { afterFailure, deskRetriesOf } from './retry-rules';

const LIMITS = { immediateRetries: 3, retryDelaysMs: [1_000, 5_000], deskRetryLimit: 2 };
const message = (attempts: number, deskRetries = 0, fromDesk = false) => ({ attempts, deskRetries, fromDesk });

describe('a message that fails once more', () => {
  it.each([
    ['after the immediate tries', message(4), 5_000],
    ['that had only waited before', message(0), 1_000],
  ])('%s is tried later', (_when, failed, delayMs) => {
    const attempts = failed.attempts + 1;
    expect(afterFailure(failed, false, LIMITS)).toEqual({ status: 'retrying', attempts, deskRetries: 0, delayMs });
  });

  it('after its last delay is given up', () => {
    expect(afterFailure(message(5), false, LIMITS)).toEqual({ status: 'dead_lettered', attempts: 6, deskRetries: 0 });
  });

  it('for good is given up at once', () => {
    expect(afterFailure(message(0), true, LIMITS)).toMatchObject({ status: 'dead_lettered', attempts: 1 });
  });

  it('when the desk asked for the try is given up and counted, whatever the schedule says', () => {
    expect(afterFailure(message(1, 0, true), false, LIMITS)).toEqual({
      ...{ status: 'dead_lettered', attempts: 2, deskRetries: 1 },
    });
  });

  it('when the desk has asked too often is quarantined, and stays so after a forced retry', () => {
    expect(afterFailure(message(2, 1, true), false, LIMITS)).toMatchObject({ status: 'quarantined', deskRetries: 2 });
    expect(afterFailure(message(3, 2, true), true, LIMITS)).toMatchObject({ status: 'quarantined', deskRetries: 3 });
  });
});

describe('a dead letter that was copied back into its topic', () => {
  it.each([
    [undefined, 0],
    [Buffer.from('3'), 3],
    ['12', 12],
    [Buffer.from('-1'), 0],
    [Buffer.from('1e9'), 0],
    [[Buffer.from('1'), Buffer.from('2')], 0],
  ])('with x-retries %p counts as retried %d times', (header, count) => {
    expect(deskRetriesOf({ headers: header === undefined ? {} : { 'x-retries': header } })).toBe(count);
  });
});
