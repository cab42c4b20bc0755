import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../libs/testing/src/eventually.ts';
import { DASHBOARDS } from '../../../tools/observability/dashboards/index.ts';
import { drawDashboard } from '../../../tools/observability/draw-dashboard.ts';
import { scaledRules } from '../../../tools/observability/scaled-rules.ts';
import { freePorts, Supervisor, type Component } from '../../../tools/stack/index.ts';
import { httpProbe } from '../../../tools/stack/probes.ts';
import type { Cluster } from '../cluster.ts';
import type { ExpectedAlerts, Firing } from './firing.ts';

/** How much faster than in production alerts come, unless a scenario says otherwise: half a minute of a fault counts as ten. */
const HASTE = 20;
/** A service takes up to two seconds for a scrape when something hangs, and then it has to be heard. In milliseconds. */
const SHORTEST_SCRAPE_MS = 2_500;
const SCRAPE_MS = 30_000;
/** Labels that say nothing of what an alert is about. */
const OF_EVERY_ALERT = ['__name__', 'alertname', 'alertstate', 'severity', 'category'];
/** Six scrapes. */
const RATE_INTERVAL = '15s';

/** A Prometheus of its own that scrapes the services while a scenario runs, and evaluates the alerts with haste. */
export class AlertWatch {
  private readonly directory: string;
  private readonly url: string;
  private readonly supervisor: Supervisor;
  private readonly cluster: Cluster;
  /** When the load began, in milliseconds since the epoch. */
  private startedAt = Date.now();
  private stopping = false;
  private readonly following: Promise<void>;

  private constructor(parts: { directory: string; url: string; supervisor: Supervisor; cluster: Cluster }) {
    this.directory = parts.directory;
    this.url = parts.url;
    this.supervisor = parts.supervisor;
    this.cluster = parts.cluster;
    this.following = this.followInstances();
  }

  /**
   * Resolves when every service has been scraped.
   *
   * @param prometheus the program
   * @param without alerts that are left out on purpose
   */
  static async start(
    prometheus: string,
    cluster: Cluster,
    { haste = HASTE }: ExpectedAlerts,
    without: readonly string[],
  ): Promise<AlertWatch> {
    const directory = join(import.meta.dirname, '../../../.local/faults/prometheus', `${process.pid}-${Date.now()}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'rules.json'), JSON.stringify(scaledRules(haste, without)));
    writeFileSync(join(directory, 'prometheus.json'), JSON.stringify(configuration(haste)));
    writeTargets(directory, cluster);
    const [port = 0] = await freePorts(1);
    // Its own supervisor, so that it ends with the suite however that ends, and no scenario stops it with the rest.
    const supervisor = new Supervisor(directory);
    supervisor.add(component(prometheus, directory, port));
    const watch = new AlertWatch({ directory, url: `http://127.0.0.1:${port}`, supervisor, cluster });
    try {
      await supervisor.startAll();
      await watch.ready();
      return watch;
    } catch (error) {
      await watch.stop();
      throw error;
    }
  }

  /** From now on the time is counted. */
  loadBegins(): void {
    this.startedAt = Date.now();
  }

  /** Draws the dashboards of the time since the load began into a folder; says which panels were empty. */
  async draw(directory: string): Promise<string[]> {
    const look = {
      prometheus: this.url,
      from: this.startedAt / 1_000,
      to: Date.now() / 1_000,
      rateInterval: RATE_INTERVAL,
    };
    mkdirSync(directory, { recursive: true });
    const empty: string[] = [];
    for (const dashboard of DASHBOARDS) {
      const drawn = await drawDashboard(dashboard, look);
      writeFileSync(join(directory, `${dashboard.uid}.svg`), drawn.svg);
      empty.push(...drawn.empty.map((title) => `${dashboard.title}: ${title}`));
    }
    return empty;
  }

  /** Each stretch of time in which an alert fired so far, whatever it was about. */
  async firings(): Promise<Firing[]> {
    const samples = await this.query('ALERTS{alertstate="firing"}[1h]');
    return samples.map(({ metric, values = [] }) => {
      const times = values.map(([seconds]) => seconds * 1_000 - this.startedAt);
      const labels = Object.entries(metric).filter(([name]) => !OF_EVERY_ALERT.includes(name));
      const alert = metric['alertname'] ?? '';
      return { alert, labels: Object.fromEntries(labels), from: times[0] ?? 0, to: times.at(-1) ?? 0 };
    });
  }

  /** Names of the alerts that fire now. */
  async firingNow(): Promise<string[]> {
    const samples = await this.query('ALERTS{alertstate="firing"}');
    return [...new Set(samples.map(({ metric }) => metric['alertname'] ?? ''))];
  }

  /** Those of the selectors that select no series: an alert on one of them can never fire. */
  async emptyOf(selectors: readonly string[]): Promise<string[]> {
    const empty: string[] = [];
    for (const selector of selectors) {
      // At any time so far: what had no value lately may have been there.
      if ((await this.query(`last_over_time(${selector}[1h])`)).length === 0) empty.push(selector);
    }
    return empty;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.following;
    await this.supervisor.stopAll();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Every service has been scraped at least once. */
  private async ready(): Promise<void> {
    await eventually(
      async () => {
        const up = await this.query('count(up == 1)');
        if (Number(up[0]?.value?.[1] ?? 0) < this.cluster.instances.size)
          throw new Error('not every service was scraped');
      },
      { timeoutMs: 60_000, intervalMs: 250 },
    );
  }

  private async query(query: string): Promise<Sample[]> {
    const address = `${this.url}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    const { status, error, data } = (await response.json()) as Answer;
    if (status !== 'success') throw new Error(`Prometheus says of ${query}: ${error ?? 'nothing'}`);
    return data.result;
  }

  /** Replicas come and go. */
  private async followInstances(): Promise<void> {
    while (!this.stopping) {
      writeTargets(this.directory, this.cluster);
      await delay(500);
    }
  }
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: Sample[] };
}

function component(command: string, directory: string, port: number): Component {
  return {
    name: 'prometheus',
    command,
    args: [
      `--config.file=${join(directory, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    cwd: directory,
    logFile: join(directory, 'log'),
    ports: [port],
    dependsOn: [],
    ready: httpProbe(`http://127.0.0.1:${port}/-/ready`),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
    restart: false,
  };
}

function configuration(haste: number): object {
  const scrape = `${Math.max(SHORTEST_SCRAPE_MS, Math.round(SCRAPE_MS / haste))}ms`;
  return {
    global: { scrape_interval: scrape, scrape_timeout: scrape, evaluation_interval: '1s' },
    rule_files: ['rules.json'],
    scrape_configs: [{ job_name: 'services', file_sd_configs: [{ files: ['targets.json'], refresh_interval: '1s' }] }],
  };
}

/** Written beside and moved, so that Prometheus never reads half of it. */
function writeTargets(directory: string, cluster: Cluster): void {
  const targets = [...cluster.instances].flatMap(([name, service]) => {
    const url = cluster.system.stack.services[name];
    return url === undefined ? [] : [{ targets: [new URL(url).host], labels: { job: service } }];
  });
  writeFileSync(join(directory, 'targets.next'), JSON.stringify(targets));
  renameSync(join(directory, 'targets.next'), join(directory, 'targets.json'));
}
