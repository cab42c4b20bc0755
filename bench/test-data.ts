import type { BaselinesResult } from './baselines/baselines';
import type { StageResult } from './stage';

/** A load that went well, for tests of what is made of it. */
export function aStage(rest: Partial<StageResult>): StageResult {
  const durations = { count: 100, p50: 50, p95: 80, p99: 120, max: 200 };
  return {
    name: 'loaded',
    offeredPerSecond: 300,
    seconds: 60,
    accepted: 18_000,
    refused: 0,
    confirmedPerSecond: 300,
    open: 20,
    drainSeconds: 0.3,
    postMs: durations,
    confirmedMs: durations,
    notificationsBehind: 10,
    cpuSecondsPer1000: 2.4,
    generatorCpuSecondsPer1000: 0.5,
    transactionsPer1000: 900,
    processes: {
      postgres: { cpuSeconds: 18, residentMiB: 200 },
      'order-service': { cpuSeconds: 9, residentMiB: 150 },
    },
    backlog: [{ at: 1, orders: 20, notifications: 10 }],
    notSustained: [],
    wrong: [],
    ...rest,
  };
}

/** What was measured beside a system, on a database that manages `rawSql` orders a second. */
export function baselinesWith(rawSql: number): BaselinesResult {
  const durations = { count: 100, p50: 1, p95: 2, p99: 3, max: 4 };
  const load = {
    inFlight: 64,
    ordersPerSecond: 100,
    orders: 1_000,
    seconds: 10,
    postMs: durations,
    confirmedMs: durations,
    notificationsBehind: 0,
    drainSeconds: 0,
    cpuSecondsPer1000: 10,
    processes: {},
    generatorCpuSecondsPer1000: 0.5,
  };
  return {
    rawSql: { ordersPerSecond: rawSql, orders: 1, seconds: 1, clientCpuSecondsPer1000: 1 },
    stockTransport: { ...load, perInFlight: [load] },
    rawKafka: { recordsPerSecond: 20_000, records: 1, seconds: 1, clientCpuSecondsPer1000Records: 0.04 },
    commitAndSend: { commitMs: durations, sendMs: durations },
  };
}
