import { fastest, summaryOf, type LoadResult } from './load-result';

/** Confirmed so many seconds after the measured time has begun, 100 ms after it was placed. */
const confirmed = (second: number) => {
  const confirmedAt = 1_000_000 + second * 1_000;
  return { postedAt: confirmedAt - 100, answeredAt: confirmedAt - 90, confirmedAt };
};

const MEASURED = {
  inFlight: 16,
  countFrom: 1_000_000,
  seconds: 2,
  used: [
    { name: 'order', cpuSeconds: 0.02 },
    { name: 'postgres', cpuSeconds: 0.04 },
  ],
  generatorCpuSeconds: 0.01,
  backlog: { notificationsBehind: 0, drainSeconds: 0 },
};

describe('a load whose orders were confirmed before, in and after the measured time', () => {
  const load = summaryOf([-0.5, 0, 0.5, 1.5, 2].map(confirmed), MEASURED);

  it('has a rate and latencies of those in it alone', () => {
    expect(load).toMatchObject({
      orders: 3,
      ordersPerSecond: 1.5,
      postMs: { p50: 10 },
      confirmedMs: { count: 3, p50: 100 },
    });
  });

  it('has the processor time of all of them, for a thousand', () => {
    expect(load).toMatchObject({
      cpuSecondsPer1000: 12,
      processes: { order: 4, postgres: 8 },
      generatorCpuSecondsPer1000: 2,
    });
  });
});

it('takes the load with the most orders a second for the result', () => {
  const loads = [90, 120, 110].map((ordersPerSecond) => ({ ordersPerSecond }) as LoadResult);
  expect(fastest(loads).ordersPerSecond).toBe(120);
  expect(() => fastest([])).toThrow('not one');
});
