import { plantedKey } from './secrets.ts';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames, startStack, type ServiceName, type ServiceRequest } from '../../tools/stack/index.ts';
import { StallReport } from '../system/stalls.ts';
import { System } from '../system/system.ts';
import { eventually } from '../../libs/testing/src/eventually.ts';
import { Network, smtpUrl } from './network.ts';
import { programOf } from './programs.ts';
import type { Breakage, Failpoint, Instructions } from './instructions.ts';
import type { MailSink } from './mail-sink.ts';

export interface ClusterOptions {
  readonly label: string;
  readonly env: Readonly<Record<string, string>>;
  readonly breakage?: Breakage | undefined;
  readonly keepFiles: boolean;
  /** Whether services reach what they talk to through proxies: see {@link Cluster.network}. */
  readonly proxied?: boolean;
}

/** What a killed process held is free after its lease: four times the time-out. The defaults exceed the minute of rest. */
const QUICK_LEASES = { DELIVERY_TIMEOUT_MS: '12000', PAYMENT_GATEWAY_LEASE_MS: '15000' };

/** A system whose services have failpoints, and what was done to it. */
export class Cluster {
  readonly system: System;
  /** What the services report of their event loops. */
  readonly stalls: StallReport;
  readonly instances = new Map<string, ServiceName>();
  /** Instances customers are not sent to at present. */
  readonly unrouted = new Set<string>();
  /** Ends of processes that nobody had asked for. */
  readonly unexpectedEnds: string[] = [];
  /** How often each service was killed by the suite. */
  readonly crashes = new Map<ServiceName, number>();
  /** How often a relay may have had to send a batch again: kills, outages of Kafka, cut connections. */
  relayInterruptions = 0;
  /** Present when the cluster was started with proxies. */
  readonly network: Network | undefined;
  private readonly directory: string;
  private readonly options: ClusterOptions;
  private readonly doomed = new Set<string>();

  private constructor(
    system: System,
    {
      directory,
      options,
      network,
      stalls,
    }: { directory: string; options: ClusterOptions; network: Network | undefined; stalls: StallReport },
  ) {
    this.system = system;
    this.stalls = stalls;
    this.network = network;
    this.directory = directory;
    this.options = options;
    for (const name of serviceNames) this.instances.set(name, name);
    system.stack.supervisor.onExit(({ name, expected, code, signal }) => {
      if (expected || !this.instances.has(name)) return; // infrastructure is only ever ended by a scenario
      if (this.doomed.delete(name)) return;
      const said = lastWords(system.stack.supervisor.logFile(name));
      this.unexpectedEnds.push(`${name} ended (${signal ?? String(code)}): ${said}`);
    });
  }

  static async start(sink: MailSink, options: ClusterOptions): Promise<Cluster> {
    const directory = join(import.meta.dirname, '../../.local/faults/instructions', `${process.pid}-${options.label}`);
    mkdirSync(directory, { recursive: true });
    const { breakage, proxied = false } = options;
    const stalls = new StallReport();
    const requests = serviceNames.map((service) => requestFor(directory, service, service, breakage));
    const stack = await startStack({
      label: `faults-${options.label}`,
      keepFiles: options.keepFiles,
      components: ['zookeeper', 'kafka', 'postgres', 'redis'],
      // What a proxy stands before has to be there first.
      services: proxied ? [] : requests,
      env: {
        SMTP_URL: smtpUrl(sink.port),
        DEVELOPMENT_EMAIL_DOMAIN: 'example.test',
        ...stalls.env,
        ...plantedKey,
        ...QUICK_LEASES,
        ...options.env,
      },
    });
    let network: Network | undefined;
    try {
      if (proxied) {
        network = await Network.open(stack, sink.port);
        for (const request of requests) await stack.startService(through(network, request));
      }
      const cluster = new Cluster(System.of(stack), { directory, options, network, stalls });
      await cluster.consuming();
      return cluster;
    } catch (error) {
      await network?.close();
      await stack.stop();
      stalls.remove();
      throw error;
    }
  }

  /** `undo` runs when the processes are gone and their files are not. */
  async stop(undo: () => void = () => undefined): Promise<void> {
    await this.supervisor.stopAll();
    undo();
    await this.network?.close();
    await this.system.stop();
    this.stalls.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get supervisor(): System['stack']['supervisor'] {
    return this.system.stack.supervisor;
  }

  /** Base URLs of the instances of a service that customers are sent to. */
  urls(service: ServiceName): string[] {
    return [...this.instances].flatMap(([name, of]) =>
      of === service && !this.unrouted.has(name) ? [this.system.stack.services[name] ?? ''] : [],
    );
  }

  names(service: ServiceName): string[] {
    return [...this.instances].flatMap(([name, of]) => (of === service ? [name] : []));
  }

  /** Tells one instance, or all of a service, what to do from now on. */
  instruct(nameOrService: string, wanted: Instructions): void {
    for (const [name, service] of this.instances) {
      if (name === nameOrService || service === nameOrService) {
        writeFileSync(instructionsFile(this.directory, name), JSON.stringify(wanted));
      }
    }
  }

  /** One more instance of a service; resolves with its name when it is ready. */
  async addReplica(service: ServiceName): Promise<string> {
    const name = `${service}-${this.names(service).length + 1}`;
    const request = requestFor(this.directory, service, name, this.options.breakage);
    await this.system.stack.startService(this.network === undefined ? request : through(this.network, request));
    this.instances.set(name, service);
    return name;
  }

  /** Takes an instance away in order; it drains. */
  async removeReplica(name: string): Promise<void> {
    this.instances.delete(name);
    await this.supervisor.stop(name);
  }

  /** SIGKILL from outside. A service that is killed stays away until it is started. */
  async kill(name: string): Promise<void> {
    this.expectDeath(name);
    await this.supervisor.kill(name);
  }

  /** Lets the process die at a failpoint, and waits until it has. @throws Error when it does not get there in time. */
  async killAt(name: string, point: Failpoint, passage: number, withinMs = 30_000): Promise<void> {
    this.expectDeath(name);
    this.instruct(name, { kill: { point, passage } });
    const gone = this.supervisor.exited(name).then(() => true);
    const timer = new Promise<false>((resolve) => setTimeout(() => resolve(false), withinMs).unref());
    const died = await Promise.race([gone, timer]);
    this.instruct(name, {});
    if (!died) throw new Error(`${name} never came to ${point}`);
  }

  /** SIGKILL for a part of the infrastructure; `start` brings it back. */
  async killInfrastructure(name: 'kafka' | 'zookeeper' | 'postgres' | 'redis'): Promise<void> {
    this.relayInterruptions += name === 'kafka' || name === 'postgres' ? 1 : 0;
    await this.supervisor.kill(name);
  }

  /** Tries twice: a minute can be too short for a program that starts under load on a machine that is busy otherwise. */
  async start(name: string): Promise<void> {
    await this.supervisor.start(name).catch(() => this.supervisor.start(name));
  }

  /** Resolves when every instance has its partitions (or, with other members in the group, at least is a member). */
  async consuming(names: readonly string[] = [...this.instances.keys()], timeoutMs = 60_000): Promise<void> {
    for (const name of names) {
      const url = `${this.system.stack.services[name] ?? ''}/health`;
      await eventually(
        async () => {
          const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
          const { dependencies } = (await response.json()) as { dependencies?: Record<string, { status?: string }> };
          if (dependencies?.['kafka']?.status !== 'up') throw new Error(`${name} does not consume`);
        },
        { timeoutMs, intervalMs: 200 },
      );
    }
  }

  private expectDeath(name: string): void {
    const service = this.instances.get(name);
    this.doomed.add(name);
    this.relayInterruptions += 1;
    if (service !== undefined) this.crashes.set(service, (this.crashes.get(service) ?? 0) + 1);
  }
}

function instructionsFile(directory: string, name: string): string {
  return join(directory, `${name}.json`);
}

function through(network: Network, request: ServiceRequest): ServiceRequest {
  return { ...request, env: { ...request.env, ...network.environmentOf(request.service) } };
}

function requestFor(
  directory: string,
  service: ServiceName,
  name: string,
  breakage: Breakage | undefined,
): ServiceRequest {
  const env = {
    FAULT_INSTRUCTIONS: instructionsFile(directory, name),
    FAULT_SERVICE: service,
    ...(breakage !== undefined && { FAULT_BREAKAGE: breakage }),
  };
  return { service, name, entry: programOf(service), env };
}

/** Why a process has ended, by its own account: the logs are gone when the result is read. */
function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines.findLast((line) => line.includes('"level":"fatal"')) ?? lines.at(-1) ?? 'it said nothing';
}
