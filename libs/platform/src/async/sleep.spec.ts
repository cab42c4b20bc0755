import fc from 'fast-check';
import { backoff, sleep as pause } from './sleep';

describe('backoff', () => {
  it('stays between nothing and the smaller of cap and base × 2^attempt, for any attempt', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(10_000), fc.nat(60_000), (attempt, base, cap) => {
        const delay = backoff(attempt, base, cap);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(base === 0 ? 0 : Math.min(cap, base * 2 ** attempt));
      }),
    );
  });

  it('is spread over the whole range, so that replicas do not act in step', () => {
    const delays = Array.from({ length: 1_000 }, () => backoff(3, 100, 10_000));
    expect(Math.min(...delays)).toBeLessThan(100);
    expect(Math.max(...delays)).toBeGreaterThan(700);
  });
});

describe('a pause', () => {
  it('ends at once when its signal aborts, before or during it', async () => {
    const controller = new AbortController();
    const started = performance.now();
    const during = pause(60_000, controller.signal);
    controller.abort();
    await Promise.all([during, pause(60_000, controller.signal)]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
