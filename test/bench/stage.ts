import { setTimeout as delay } from 'node:timers/promises';
import type { System } from '../system/system.ts';
import { offerLoad } from './load.ts';
import { usageOf, type ProcessUsage } from './processes.ts';
import { percentiles, type Percentiles } from './statistics.ts';

/** One measured load. */
export interface StageResult {
  readonly name: string;
  readonly offeredPerSecond: number;
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  /** Confirmed while the load lasted, per second: what the system keeps up with, not what it catches up on later. */
  readonly confirmedPerSecond: number;
  /** Orders that were not settled, or not even answered, at the moment the last one was due. */
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
}

export interface StagePlan {
  readonly name: string;
  readonly rate: number;
  readonly seconds: number;
}

/** Offers one load, waits until every order of it is settled, and says how it went. */
export async function runStage(system: System, products: readonly string[], plan: StagePlan): Promise<StageResult> {
  const before = await confirmedOrders(system);
  const transactionsBefore = await committedTransactions(system);
  const usedBefore = usageOf(processesOf(system));
  const generatorBefore = process.cpuUsage();
  const load = offerLoad({
    baseUrl: system.orders.baseUrl,
    rate: plan.rate,
    seconds: plan.seconds,
    products,
    // Ten a second are enough for a percentile; each is a request that the system would not have had otherwise.
    followEvery: Math.max(1, Math.round(plan.rate / 10)),
    connections: 200,
  });
  await load.offered;
  const [confirmed, behind] = await Promise.all([confirmedOrders(system), pendingNotifications(system)]);
  const ended = performance.now();
  const samples = await load.answered;
  const generator = process.cpuUsage(generatorBefore);
  await untilSettled(system);
  const drainSeconds = Math.round((performance.now() - ended) / 100) / 10;
  const accepted = samples.filter(({ status }) => status === 201);
  const processes = usedSince(usedBefore, usageOf(processesOf(system)));
  const per1000 = (total: number): number => Math.round((total / accepted.length) * 100_000) / 100;
  return {
    name: plan.name,
    offeredPerSecond: plan.rate,
    seconds: plan.seconds,
    accepted: accepted.length,
    refused: samples.length - accepted.length,
    confirmedPerSecond: Math.round(((confirmed - before) / plan.seconds) * 10) / 10,
    open: samples.length - (confirmed - before),
    drainSeconds,
    postMs: percentiles(accepted.map(({ postMs }) => postMs)),
    confirmedMs: percentiles(accepted.flatMap(({ confirmedMs }) => (confirmedMs === undefined ? [] : [confirmedMs]))),
    notificationsBehind: behind,
    cpuSecondsPer1000: per1000(Object.values(processes).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    generatorCpuSecondsPer1000: per1000((generator.user + generator.system) / 1e6),
    transactionsPer1000: Math.round(per1000((await committedTransactions(system)) - transactionsBefore)),
    processes,
  };
}

function usedSince(
  before: Readonly<Record<string, ProcessUsage>>,
  after: Readonly<Record<string, ProcessUsage>>,
): Record<string, ProcessUsage> {
  return Object.fromEntries(
    Object.entries(after).map(([name, { cpuSeconds, residentMiB }]) => [
      name,
      { cpuSeconds: Math.round((cpuSeconds - (before[name]?.cpuSeconds ?? 0)) * 10) / 10, residentMiB },
    ]),
  );
}

async function count(system: System, query: string): Promise<number> {
  return Number((await system.sql<{ n: string }>(query))[0]?.n ?? 0);
}

function confirmedOrders(system: System): Promise<number> {
  return count(system, `SELECT count(*) AS n FROM orders WHERE status = 'confirmed'`);
}

function pendingNotifications(system: System): Promise<number> {
  return count(system, `SELECT count(*) AS n FROM notifications WHERE status = 'pending'`);
}

function committedTransactions(system: System): Promise<number> {
  return count(system, 'SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()');
}

const OPEN = `
  SELECT 'order ' || order_id || ' ' || status AS what FROM orders WHERE status IN ('pending', 'paid')
  UNION ALL SELECT 'payment ' || payment_id || ' ' || status FROM payments
    WHERE status NOT IN ('captured', 'failed', 'voided', 'refunded', 'cancelled')
  UNION ALL SELECT 'notification ' || notification_id || ' ' || status FROM notifications WHERE status = 'pending'`;

/** Waits, at most three minutes, until nothing is open anywhere. */
async function untilSettled(system: System): Promise<void> {
  const begin = performance.now();
  for (;;) {
    const open = await count(system, `SELECT count(*) AS n FROM (${OPEN}) o`);
    if (open === 0) return;
    if (performance.now() - begin > 180_000) {
      const rows = await system.sql<{ what: string }>(`${OPEN} LIMIT 5`);
      throw new Error(`${open} still open after three minutes: ${rows.map(({ what }) => what).join(', ')}`);
    }
    await delay(200);
  }
}

function processesOf(system: System): Record<string, number> {
  const { supervisor } = system.stack;
  return Object.fromEntries(
    supervisor.names.flatMap((name) => {
      const pid = supervisor.pid(name);
      return pid === undefined ? [] : [[name, pid]];
    }),
  );
}
