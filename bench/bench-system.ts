import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '../tools/stack/index.ts';
import { violations } from '../test/system/invariants.ts';
import { System } from '../test/system/system.ts';
import type { LoadOptions } from './load.ts';
import type { Mails } from './mails.ts';
import { firstIdAt, Observer } from './observer.ts';

export interface BenchSystemOptions {
  /** Names its directory. */
  readonly label: string;
  readonly keepFiles?: boolean;
  /** Programs to run instead of what `npm run build` made. */
  readonly programs?: Readonly<Partial<Record<ServiceName, string>>>;
  /** For all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** Processes of each service. */
  readonly replicas?: number;
  /** Decides who orders what. */
  readonly seed?: number;
}

export const PRODUCTS = 50;
/** Of each product: there is always enough. */
export const UNITS = 10_000_000;

/** After the last load. */
const COMES_TO_REST_WITHIN_MS = 15_000;

/** An isolated system for a load, and what a load needs to know of it. */
export class BenchSystem {
  readonly system: System;
  readonly products: readonly string[];
  readonly observer: Observer;
  private readonly mails: Mails;
  private readonly seed: number;
  private readonly firstId = firstIdAt(Date.now());

  constructor(system: System, products: readonly string[], observer: Observer, mails: Mails, seed: number) {
    this.system = system;
    this.products = products;
    this.observer = observer;
    this.mails = mails;
    this.seed = seed;
  }

  /** Of every running process, by its name. */
  pids(): Record<string, number> {
    const { supervisor } = this.system.stack;
    return Object.fromEntries(
      supervisor.names.flatMap((name) => {
        const pid = supervisor.pid(name);
        return pid === undefined ? [] : [[name, pid]];
      }),
    );
  }

  /** The names of the processes of a service. */
  instancesOf(service: ServiceName): string[] {
    return Object.keys(this.system.stack.services).filter((name) => name === service || name.startsWith(`${service}-`));
  }

  /** The same system, of which only these are ordered. */
  withProducts(products: readonly string[]): BenchSystem {
    return new BenchSystem(this.system, products, this.observer, this.mails, this.seed);
  }

  loadOptions(): Pick<LoadOptions, 'baseUrls' | 'products' | 'seed' | 'connections'> {
    const baseUrls = this.instancesOf('order-service').map((name) => this.system.stack.services[name] ?? '');
    return { baseUrls, products: this.products, seed: this.seed, connections: 200 };
  }

  /** Stops processes, all at once. */
  async stopAll(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.system.stack.supervisor.stop(name)));
  }

  /**
   * What is wrong with the system at rest: broken invariants, mails that were sent and did not arrive. Ends the notification
   * services, which say how many mails they have sent when they end. Reading all tables takes a minute for half a million orders.
   */
  async finalCheck({ readTables = true } = {}): Promise<string[]> {
    const broken = readTables ? await lastingViolations(this.system) : [];
    const sent = await this.observer.sentSince(this.firstId);
    await this.stopAll(this.instancesOf('notification-service'));
    const arrived = await this.mails.count();
    return [
      ...broken.map(({ invariant, count, examples }) => `${invariant} (${count}): ${examples.join(' | ')}`),
      ...(arrived === sent ? [] : [`${sent} mails sent, ${arrived} arrived`]),
    ];
  }

  async stop(): Promise<void> {
    await this.observer.close().catch(() => undefined);
    await this.system.stop();
    this.mails.close();
  }
}

/** Starts one that hands its mails to `mails`; who stops it closes `mails` as well. */
export async function startBenchSystem(
  mails: Mails,
  { env, programs = {}, replicas = 1, seed = 1, ...options }: BenchSystemOptions,
): Promise<BenchSystem> {
  const instances = Array.from({ length: replicas }, () => [
    ...(['order-service', 'payment-service', 'inventory-service'] as const).map((service) => ({
      service,
      entry: programs[service],
    })),
    mails.service,
  ]);
  const system = await System.start({
    ...options,
    components: ['zookeeper', 'kafka', 'postgres', 'redis'],
    services: instances.flat(),
    env: { LOG_LEVEL: 'warn', ...env },
  }).catch((error: unknown) => {
    mails.close();
    throw error;
  });
  try {
    const products = await Promise.all(Array.from({ length: PRODUCTS }, () => system.newProduct(UNITS)));
    const ids = products.map(({ product_id }) => product_id);
    return new BenchSystem(system, ids, await Observer.connect(system.stack.databaseUrl('admin')), mails, seed);
  } catch (error) {
    await system.stop();
    mails.close();
    throw error;
  }
}

/** The last events may still be on their way: what is wrong only until they have arrived is not. */
async function lastingViolations(system: System): ReturnType<typeof violations> {
  const deadline = performance.now() + COMES_TO_REST_WITHIN_MS;
  for (;;) {
    const found = await violations(system);
    if (found.length === 0 || performance.now() > deadline) return found;
    await delay(500);
  }
}
