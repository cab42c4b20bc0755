import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { usageOf } from '../../../test/system/processes.ts';
import { kafkaClient, withTopics } from '../kafka.ts';
import { assertItAddsUp, createTables, dropTables } from '../tables.ts';
import { ClosedLoop } from './closed-loop.ts';
import { fastest, summaryOf, type LoadResult } from './load-result.ts';
import { RoleProcesses } from './processes.ts';
import { groupOf, ROLES, SCHEMA, TOPICS } from './roles.ts';

export type { LoadResult } from './load-result.ts';

export interface StockTransportOptions {
  /** Bootstrap servers. */
  readonly kafka: string;
  /** Of somebody who may create a schema. */
  readonly databaseUrl: string;
  readonly warmUpSeconds: number;
  /** For each number of orders in flight. */
  readonly seconds: number;
  /** Numbers of orders in flight to try; 16, 64 and 256 by default. */
  readonly inFlight?: readonly number[];
  /** Of PostgreSQL, Kafka and ZooKeeper, by name: their CPU time counts too. */
  readonly pids?: Readonly<Record<string, number>>;
  /** kafkajs's option for each consumer; see the default's comment. */
  readonly partitionsConsumedConcurrently?: number;
}

/** The load under which most orders were confirmed, and all loads. */
export interface StockTransportResult extends LoadResult {
  readonly perInFlight: readonly LoadResult[];
}

/** Until a load is steady: all of its orders in flight, none of them the first. Not counted. */
const RAMP_SECONDS = 2;
const SETTLED_WITHIN_MS = 120_000;

/**
 * The same domain as the system's as it is usually written: Nest's stock Kafka transport, one message, one transaction and
 * one acknowledged send at a time; with neither outbox nor inbox, so a crash between commit and send loses an order. Four
 * processes; a fixed number of orders in flight, for several such numbers: more of them than the system can use only wait.
 */
export async function stockTransportBaseline(options: StockTransportOptions): Promise<StockTransportResult> {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4, options: `-c search_path=${SCHEMA}` });
  // Statements report their own errors; the server may be stopped before the pool's connections are closed.
  pool.on('error', () => undefined);
  try {
    await createTables(pool, SCHEMA);
    return await withTopics(kafkaClient(options.kafka, 'stock-bench'), Object.values(TOPICS), async (admin) => {
      // What a run before has left would have them resume in the middle of topics that are new.
      await admin.deleteGroups(ROLES.map(groupOf)).catch(() => undefined);
      // Nest's default of 1 would have a service with three topics wait for each commit: it is the first thing to tune.
      const { partitionsConsumedConcurrently = 6 } = options;
      const processes = await RoleProcesses.start(admin, { ...options, partitionsConsumedConcurrently });
      try {
        return await measure(pool, processes, options);
      } finally {
        await processes.stop();
        await admin.deleteGroups(ROLES.map(groupOf)).catch(() => undefined);
      }
    });
  } finally {
    await dropTables(pool, SCHEMA).catch(() => undefined);
    await pool.end();
  }
}

async function measure(
  pool: pg.Pool,
  processes: RoleProcesses,
  options: StockTransportOptions,
): Promise<StockTransportResult> {
  const numbers = options.inFlight ?? [16, 64, 256];
  const loop = new ClosedLoop(pool, processes.baseUrl);
  const pids = { ...processes.pids, ...options.pids };
  const load = (inFlight: number, seconds: number) => runLoad({ pool, processes, loop, pids }, inFlight, seconds);
  try {
    await load(64, options.warmUpSeconds);
    const perInFlight: LoadResult[] = [];
    for (const inFlight of numbers) perInFlight.push(await load(inFlight, options.seconds));
    await assertItAddsUp(pool);
    return { ...fastest(perInFlight), perInFlight };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\nLast lines of all roles' logs:\n${processes.logs()}`, { cause: error });
  }
}

interface Bench {
  readonly pool: pg.Pool;
  readonly processes: RoleProcesses;
  readonly loop: ClosedLoop;
  readonly pids: Readonly<Record<string, number>>;
}

async function runLoad({ pool, processes, loop, pids }: Bench, inFlight: number, seconds: number): Promise<LoadResult> {
  const usedBefore = usageOf(pids);
  const generatorBefore = process.cpuUsage();
  const countFrom = performance.timeOrigin + performance.now() + RAMP_SECONDS * 1_000;
  const stopped = new AbortController();
  const running = loop.run({ inFlight, seconds: RAMP_SECONDS + seconds }, stopped.signal);
  try {
    const orders = await Promise.race([running, processes.death]);
    const notificationsBehind = await missingNotifications(pool);
    const generator = process.cpuUsage(generatorBefore);
    const drainSeconds = await Promise.race([untilSettled(pool), processes.death]);
    const used = Object.entries(usageOf(pids)).map(([name, { cpuSeconds }]) => ({
      name,
      cpuSeconds: cpuSeconds - (usedBefore[name]?.cpuSeconds ?? 0),
    }));
    const generatorCpuSeconds = (generator.user + generator.system) / 1e6;
    const backlog = { notificationsBehind, drainSeconds };
    return summaryOf(orders, { inFlight, countFrom, seconds, used, generatorCpuSeconds, backlog });
  } finally {
    stopped.abort();
    await running.catch(() => undefined);
  }
}

async function missingNotifications(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(
    'SELECT (SELECT count(*) * 3 FROM orders) - (SELECT count(*) FROM notifications) AS n',
  );
  return Number(rows[0]?.n);
}

/** Orders count as confirmed before their notifications are stored. @returns the seconds that took. */
async function untilSettled(pool: pg.Pool): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const missing = await missingNotifications(pool);
    const waited = performance.now() - begin;
    if (missing <= 0) return Math.round(waited / 100) / 10;
    if (waited > SETTLED_WITHIN_MS) throw new Error(`${missing} notifications missing after two minutes`);
    await delay(200);
  }
}
