import { nextAttemptAt, RetryPolicy } from './retry-policy';

const policy = new RetryPolicy();
const now = new Date('2026-01-15T12:00:00Z');
const delay = (attempts: number, jitter: number): number =>
  nextAttemptAt(policy, attempts, now, jitter).getTime() - now.getTime();

describe('the distance to the next attempt', () => {
  it('is anything up to a limit that doubles', () => {
    expect([1, 2, 3, 4].map((attempts) => delay(attempts, 1))).toEqual([500, 1_000, 2_000, 4_000]);
    expect([1, 2, 3, 4].map((attempts) => delay(attempts, 0))).toEqual([0, 0, 0, 0]);
  });

  it('does not grow beyond its cap', () => {
    expect(delay(7, 1)).toBe(10_000);
  });

  it('is long, and no longer grows, once the attempts are used up', () => {
    expect([8, 9, 1_000].map((attempts) => delay(attempts, 0.5))).toEqual([30_000, 30_000, 30_000]);
    expect([delay(8, 0), delay(8, 1)]).toEqual([22_500, 37_500]);
  });
});
