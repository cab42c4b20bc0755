import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from './kafka-admin.ts';
import type { Cluster } from './cluster.ts';
import { Database } from './database.ts';

/** What the system looked like at one moment; what could not be asked is missing. */
export interface Sample {
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly outbox?: number;
  readonly lag?: number;
  /** Sessions per database role. */
  readonly sessions?: Readonly<Record<string, number>>;
  readonly residentMiB: Readonly<Record<string, number>>;
}

const OUTBOX = ['order', 'payment', 'inventory', 'notification']
  .map((service) => `(SELECT count(*) FROM ${service}_service.outbox)`)
  .join(' + ');

/** Looks at the system once a second, from outside, and keeps what it saw. */
export class Sampler {
  readonly samples: Sample[] = [];
  private readonly cluster: Cluster;
  private readonly now: () => number;
  private readonly database: Database;
  private readonly kafka: Admin;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(cluster: Cluster, now: () => number) {
    this.cluster = cluster;
    this.now = now;
    this.database = new Database(cluster.system.stack.databaseUrl('admin'), 1_500);
    this.kafka = new Admin(cluster.system.stack.kafka);
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await Promise.all([this.database.close(), this.kafka.close()]);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const at = this.now();
      const [counts, sessions, lag] = await Promise.all([this.outbox(), this.sessions(), this.lag()]);
      this.samples.push({
        at,
        residentMiB: this.memory(),
        ...(counts !== undefined && { outbox: counts }),
        ...(sessions !== undefined && { sessions }),
        ...(lag !== undefined && { lag }),
      });
      await delay(Math.max(100, 1_000 - (this.now() - at)));
    }
  }

  private async outbox(): Promise<number | undefined> {
    const rows = await this.database.query<{ n: string }>(`SELECT ${OUTBOX} AS n`).catch(() => undefined);
    return rows?.[0] && Number(rows[0].n);
  }

  private async sessions(): Promise<Record<string, number> | undefined> {
    const rows = await this.database
      .query<{ role: string; n: string }>(
        `SELECT usename AS role, count(*) AS n FROM pg_stat_activity WHERE usename LIKE '%\\_service' GROUP BY 1`,
      )
      .catch(() => undefined);
    return rows && Object.fromEntries(rows.map(({ role, n }) => [role, Number(n)]));
  }

  private async lag(): Promise<number | undefined> {
    return this.kafka.lag().catch(() => undefined);
  }

  private memory(): Record<string, number> {
    const resident: Record<string, number> = {};
    for (const name of this.cluster.instances.keys()) {
      const pid = this.cluster.supervisor.pid(name);
      const size = pid === undefined ? undefined : residentMiB(pid);
      if (size !== undefined) resident[name] = size;
    }
    return resident;
  }
}

function residentMiB(pid: number): number | undefined {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1_024);
  } catch {
    return undefined;
  }
}
