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
