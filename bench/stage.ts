import type { BenchSystem } from './bench-system.ts';
import { offerLoad } from './load.ts';
import { firstIdAt } from './observer.ts';
import { usageOf, type ProcessUsage } from '../test/system/processes.ts';
import { percentiles, type Percentiles } from './statistics.ts';
import { reasonsNotSustained, type BacklogSample } from './sustained.ts';

/** One measured load. */
export interface StageResult {
  readonly name: string;
  readonly offeredPerSecond: number;
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  /** While the load lasted, after its ramp: what the system keeps up with, not what it catches up on later. */
  readonly confirmedPerSecond: number;
  /** Orders that were not settled, or not even answered, when the last one was due. */
  readonly open: number;
  /** From then on until nothing was open anywhere. */
  readonly drainSeconds: number;
  readonly postMs: Percentiles;
  readonly confirmedMs: Percentiles;
  /** Notifications not yet sent when the load ended. */
  readonly notificationsBehind: number;
  /** Of all processes but the load generator. */
  readonly cpuSecondsPer1000: number;
  /** Of the load generator itself, which shares the machine with what it measures. */
  readonly generatorCpuSecondsPer1000: number;
  /** Committed in PostgreSQL, the looks of this program at it included. */
  readonly transactionsPer1000: number;
  /** Resident memory at the end, and CPU seconds this stage cost. */
  readonly processes: Readonly<Record<string, ProcessUsage>>;
  readonly backlog: readonly BacklogSample[];
  /** Why the system did not keep up; empty when it did. */
  readonly notSustained: readonly string[];
  /** Orders lost, doubled or other than ordered; empty when all is well. */
  readonly wrong: readonly string[];
}

export interface StagePlan {
  readonly name: string;
  readonly rate: number;
  readonly seconds: number;
}

/** Offers one load, waits until every order of it is settled, compares each with what was ordered, and says how it went. */
export async function runStage(bench: BenchSystem, plan: StagePlan): Promise<StageResult> {
  const { observer } = bench;
  const { rate, seconds } = plan;
  const firstId = firstIdAt(Date.now());
  const transactionsBefore = await observer.committedTransactions();
  const usedBefore = usageOf(bench.pids());
  const generatorBefore = process.cpuUsage();
  // Ten a second are enough for a percentile; each is a request that the system would not have had otherwise.
  const load = offerLoad({ ...bench.loadOptions(), rate, seconds, followEvery: Math.max(1, Math.round(rate / 10)) });
  const [backlog, confirmedPerSecond] = await Promise.all([
    observer.watch(load.offered, () => load.progress().offered - load.progress().answered),
    observer.confirmedAfterRamp(load.offered, seconds, firstId),
    load.offered,
  ]);
  const ended = performance.now();
  const samples = await load.answered;
  const generator = process.cpuUsage(generatorBefore);
  await observer.untilSettled(samples, firstId);
  const drainSeconds = Math.round((performance.now() - ended) / 100) / 10;
  const processes = usedSince(usedBefore, usageOf(bench.pids()));
  const transactions = (await observer.committedTransactions()) - transactionsBefore;
  const accepted = samples.filter(({ status }) => status === 201);
  const refused = samples.length - accepted.length;
  const per1000 = (total: number): number => Math.round((total / accepted.length) * 100_000) / 100;
  const last = backlog.at(-1);
  return {
    ...{ name: plan.name, offeredPerSecond: rate, seconds, accepted: accepted.length, refused },
    confirmedPerSecond: Math.round(confirmedPerSecond * 10) / 10,
    open: last?.orders ?? 0,
    drainSeconds,
    postMs: percentiles(accepted.map(({ postMs }) => postMs)),
    confirmedMs: percentiles(accepted.flatMap(({ confirmedMs }) => (confirmedMs === undefined ? [] : [confirmedMs]))),
    notificationsBehind: last?.notifications ?? 0,
    cpuSecondsPer1000: per1000(Object.values(processes).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    generatorCpuSecondsPer1000: per1000((generator.user + generator.system) / 1e6),
    transactionsPer1000: Math.round(per1000(transactions)),
    processes,
    backlog,
    notSustained: reasonsNotSustained({ rate, seconds, refused, confirmedPerSecond, backlog }),
    wrong: await observer.wrongOrders(samples, firstId),
  };
}

function usedSince(
  before: Readonly<Record<string, ProcessUsage>>,
  after: Readonly<Record<string, ProcessUsage>>,
): Record<string, ProcessUsage> {
  return Object.fromEntries(
    Object.entries(after).map(([name, { cpuSeconds, residentMiB }]) => [
      name,
      { cpuSeconds: Math.round((cpuSeconds - (before[name]?.cpuSeconds ?? 0)) * 100) / 100, residentMiB },
    ]),
  );
}
