import { setTimeout as delay } from 'node:timers/promises';
import { findTool } from '../../tools/observability/tools.ts';
import type { TopicRecord } from '../system/kafka.ts';
import { AlertWatch } from './alerts/watch.ts';
import type { Finding } from './checks/invariant.ts';
import { Cluster } from './cluster.ts';
import { Database } from './database.ts';
import { Admin } from './kafka-admin.ts';
import { Load } from './load.ts';
import { MailSink } from './mail-sink.ts';
import type { Network } from './network.ts';
import { Random } from '../system/random.ts';
import { Sampler } from './sampler.ts';
import { comeToRest } from './rest.ts';
import type { RunOptions, Setting } from './setting.ts';
import { plantSecrets } from './plant-secrets.ts';

/** A stretch of time, in milliseconds since the load began, in which something was wrong on purpose. */
export interface Band {
  readonly what: string;
  readonly from: number;
  to: number;
}

const PRODUCTS = 40;
/** Requests that overlap a band, or come so shortly after it, are judged by the fault's bounds. */
export const AFTERMATH_MS = 12_000;

/** Everything one scenario has in its hands: the system, the load, the ledgers, and what was done when. */
export class World {
  readonly cluster: Cluster;
  readonly sink: MailSink;
  readonly load: Load;
  readonly sampler: Sampler;
  readonly database: Database;
  readonly kafka: Admin;
  readonly random: Random;
  readonly products: readonly string[];
  readonly bands: Band[] = [];
  /** Present when the scenario expects alerts and Prometheus is installed. */
  readonly alerts: AlertWatch | undefined;
  readonly minutes: number;
  /** Dead letters the scenario has provoked itself; any other one is a finding. */
  expectedDeadLetters = 0;
  /** How often mails in hand lost their record without the service dying (its database went away). */
  mailInterruptions = 0;
  /** Most instances of one service at a time. */
  maxReplicas = 1;
  /** Records the scenario itself has sent once more. */
  republished = 0;
  /** What the scenario itself found to be wrong. */
  readonly findings: Finding[] = [];

  /** Records that a scenario has removed from their topic, as they were. */
  readonly removedRecords: TopicRecord[] = [];

  private readonly undos: (() => void)[] = [];

  private constructor(parts: Pick<World, 'cluster' | 'sink' | 'load' | 'products' | 'random' | 'minutes' | 'alerts'>) {
    this.cluster = parts.cluster;
    this.sink = parts.sink;
    this.load = parts.load;
    this.products = parts.products;
    this.random = parts.random;
    this.minutes = parts.minutes;
    this.alerts = parts.alerts;
    this.database = new Database(parts.cluster.system.stack.databaseUrl('admin'));
    this.kafka = new Admin(parts.cluster.system.stack.kafka);
    this.sampler = new Sampler(parts.cluster, () => parts.load.now);
  }

  /** Starts the system and the load. */
  static async create(scenario: Setting, options: RunOptions): Promise<World> {
    const sink = new MailSink();
    await sink.open();
    const { breakage, keepFiles, seed, minutes, withoutAlerts = [] } = options;
    const label = scenario.id.toLowerCase();
    try {
      const { env = {}, proxied = false } = scenario;
      const cluster = await Cluster.start(sink, { label, breakage, keepFiles, env, proxied });
      const products = await addProducts(cluster, scenario.stock ?? 2_000);
      await plantSecrets(cluster);
      const load = new Load({
        orders: () => cluster.urls('order-service'),
        inventory: () => cluster.urls('inventory-service'),
        products,
        rate: scenario.rate ?? options.rate,
        seed,
        ...(scenario.mix && { mix: scenario.mix }),
      });
      const alerts = await watchAlerts(cluster, scenario, withoutAlerts);
      const world = new World({ cluster, sink, load, products, random: new Random(seed + 1), minutes, alerts });
      load.start();
      alerts?.loadBegins();
      world.sampler.start();
      return world;
    } catch (error) {
      await sink.close();
      throw error;
    }
  }

  /** The proxies. @throws Error when the scenario did not ask for them (`proxied`). */
  get network(): Network {
    const { network } = this.cluster;
    if (network === undefined) throw new Error('this scenario has no proxies');
    return network;
  }

  /** Something to be undone when everything has been stopped, whatever happened. */
  onDestroy(undo: () => void): void {
    this.undos.push(undo);
  }

  async destroy(): Promise<void> {
    await this.load.stop();
    await this.sampler.stop();
    await this.alerts?.stop();
    await Promise.all([this.database.close(), this.kafka.close()]);
    await this.cluster.stop(() => this.undos.forEach((undo) => undo()));
    await this.sink.close();
  }

  /** Lets the system work undisturbed. */
  async calm(seconds: number): Promise<void> {
    await delay(seconds * 1_000);
  }

  /** Resolves when nothing is open anywhere; for scenarios that have to look at a system that does nothing. */
  async atRest(limitSeconds?: number): Promise<void> {
    const { findings } = await comeToRest(this, limitSeconds);
    this.findings.push(...findings);
  }

  /** Notes when a fault lasted. It counts as over when `disturb` has resolved: mend what you broke in it. */
  async fault<T>(what: string, disturb: () => Promise<T>): Promise<T> {
    const band: Band = { what, from: this.load.now, to: Infinity };
    this.bands.push(band);
    try {
      return await disturb();
    } finally {
      band.to = this.load.now;
    }
  }

  /** Whether the suite asked for more load than has been offered so far. */
  get timeIsLeft(): boolean {
    return this.load.now < this.minutes * 60_000;
  }
}

/** Undefined when the scenario has nothing to say of alerts, or Prometheus is not installed. */
async function watchAlerts(
  cluster: Cluster,
  { alerts }: Setting,
  without: readonly string[],
): Promise<AlertWatch | undefined> {
  const prometheus = findTool('prometheus');
  if (alerts === undefined || prometheus === undefined) return undefined;
  return AlertWatch.start(prometheus, cluster, alerts, without);
}

async function addProducts(cluster: Cluster, quantity: number): Promise<string[]> {
  const added: string[] = [];
  for (let number = 0; number < PRODUCTS; number += 1) {
    added.push((await cluster.system.newProduct(quantity)).product_id);
  }
  return added;
}
