import { percentiles, type Percentiles } from '../../statistics.ts';
import type { ConfirmedOrder } from './closed-loop.ts';

/** What one number of orders in flight came to. */
export interface LoadResult {
  readonly inFlight: number;
  /** Confirmed in the measured time. */
  readonly ordersPerSecond: number;
  readonly orders: number;
  readonly seconds: number;
  readonly postMs: Percentiles;
  /** From the POST on. */
  readonly confirmedMs: Percentiles;
  /** When the last order was confirmed; what only piles up here was not part of the rate. */
  readonly notificationsBehind: number;
  /** From then on until they were stored. */
  readonly drainSeconds: number;
  /** Of all processes but the load generator, until everything was done. */
  readonly cpuSecondsPer1000: number;
  /** The same, by process. */
  readonly processes: Readonly<Record<string, number>>;
  readonly generatorCpuSecondsPer1000: number;
}

/** What was measured beside the orders themselves. */
export interface Measured {
  readonly inFlight: number;
  /** Milliseconds since 1970: the ramp ends and the measured time begins. */
  readonly countFrom: number;
  readonly seconds: number;
  readonly used: readonly { readonly name: string; readonly cpuSeconds: number }[];
  readonly generatorCpuSeconds: number;
  readonly backlog: Pick<LoadResult, 'notificationsBehind' | 'drainSeconds'>;
}

/** CPU time is that of all orders of the load, the ramp's included; rate and latencies are of the measured time alone. */
export function summaryOf(orders: readonly ConfirmedOrder[], measured: Measured): LoadResult {
  const { inFlight, countFrom, seconds, used, generatorCpuSeconds, backlog } = measured;
  const until = countFrom + seconds * 1_000;
  const counted = orders.filter(({ confirmedAt }) => confirmedAt >= countFrom && confirmedAt < until);
  const per1000 = (total: number): number => Math.round((total / orders.length) * 100_000) / 100;
  return {
    inFlight,
    ordersPerSecond: Math.round((counted.length / seconds) * 10) / 10,
    orders: counted.length,
    seconds,
    postMs: percentiles(counted.map(({ postedAt, answeredAt }) => answeredAt - postedAt)),
    confirmedMs: percentiles(counted.map(({ postedAt, confirmedAt }) => confirmedAt - postedAt)),
    ...backlog,
    cpuSecondsPer1000: per1000(used.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    processes: Object.fromEntries(used.map(({ name, cpuSeconds }) => [name, per1000(cpuSeconds)])),
    generatorCpuSecondsPer1000: per1000(generatorCpuSeconds),
  };
}

/** @throws Error for no loads at all. */
export function fastest(loads: readonly LoadResult[]): LoadResult {
  const [best] = loads.toSorted((a, b) => b.ordersPerSecond - a.ordersPerSecond);
  if (best === undefined) throw new Error('not one number of orders in flight was tried');
  return best;
}
