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
  /** From the last order offered to the last one confirmed. */
  readonly drainSeconds: number;
  readonly postMs: Percentiles;
  readonly confirmedMs: Percentiles;
  /** Notifications not yet sent when the load ended. */
  readonly notificationsBehind: number;
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
  const usedBefore = usageOf(processesOf(system));
  const samples = await offerLoad({
    baseUrl: system.orders.baseUrl,
    rate: plan.rate,
    seconds: plan.seconds,
    products,
    followEvery: Math.max(1, Math.round(plan.rate / 20)),
    connections: 200,
  });
  const atEnd = await confirmedOrders(system);
  const behind = await pendingNotifications(system);
  const drainSeconds = await untilSettled(system);
  const accepted = samples.filter(({ status }) => status === 201);
  return {
    name: plan.name,
    offeredPerSecond: plan.rate,
    seconds: plan.seconds,
    accepted: accepted.length,
    refused: samples.length - accepted.length,
    confirmedPerSecond: Math.round(((atEnd - before) / plan.seconds) * 10) / 10,
    drainSeconds,
    postMs: percentiles(accepted.map(({ postMs }) => postMs)),
    confirmedMs: percentiles(accepted.flatMap(({ confirmedMs }) => (confirmedMs === undefined ? [] : [confirmedMs]))),
    notificationsBehind: behind,
    processes: usedSince(usedBefore, usageOf(processesOf(system))),
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

const OPEN = `
  SELECT 'order ' || order_id || ' ' || status AS what FROM orders WHERE status IN ('pending', 'paid')
  UNION ALL SELECT 'payment ' || payment_id || ' ' || status FROM payments
    WHERE status NOT IN ('captured', 'failed', 'voided', 'refunded', 'cancelled')
  UNION ALL SELECT 'notification ' || notification_id || ' ' || status FROM notifications WHERE status = 'pending'`;

/** Waits, at most two minutes, until nothing is open anywhere; gives the seconds it took. */
async function untilSettled(system: System): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const open = await count(system, `SELECT count(*) AS n FROM (${OPEN}) o`);
    const seconds = Math.round((performance.now() - begin) / 100) / 10;
    if (open === 0) return seconds;
    if (seconds > 120) {
      const rows = await system.sql<{ what: string }>(`${OPEN} LIMIT 5`);
      throw new Error(`${open} still open after two minutes: ${rows.map(({ what }) => what).join(', ')}`);
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
