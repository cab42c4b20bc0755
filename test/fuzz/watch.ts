import { setTimeout as delay } from 'node:timers/promises';
import { usageOf } from '../system/processes.ts';
import type { System } from '../system/system.ts';
import type { Findings } from './findings.ts';

const EVERY_MS = 2_000;
/** From POST to confirmed, on a machine that is busy with being attacked. */
const CONFIRMED_WITHIN_S = 20;
/** V8 may use 192 MiB; a service that has doubled what it settled at after the first round leaks. */
const LEAK_MIB = 120;

/** What may not suffer while the system is attacked: neighbours, processes, memory. */
export class Watch {
  readonly orderIds: string[] = [];
  slowestSeconds = 0;
  private readonly settledAt = new Map<string, number>();
  private readonly pids: Readonly<Record<string, number>>;
  private readonly done = new AbortController();
  private running: Promise<void> | undefined;
  private readonly system: System;
  private readonly findings: Findings;

  constructor(system: System, findings: Findings) {
    this.system = system;
    this.findings = findings;
    this.pids = this.processes();
  }

  /** Places an order of an innocent customer every two seconds, each of which must be confirmed. */
  start(): void {
    this.running = this.placeOrders();
  }

  async stop(): Promise<void> {
    this.done.abort();
    await this.running;
  }

  /** Call it between rounds: nobody has died, and nobody grows forever. */
  check(after: string): void {
    const usage = usageOf(this.processes());
    for (const [name, pid] of Object.entries(this.pids)) {
      if (this.system.stack.supervisor.pid(name) !== pid)
        this.findings.add('watch', `${name} has died`, after, 'see its log');
    }
    for (const [name, { residentMiB }] of Object.entries(usage)) {
      const settled = this.settledAt.get(name);
      if (settled === undefined) this.settledAt.set(name, residentMiB);
      else if (residentMiB - settled > LEAK_MIB) {
        this.findings.add('watch', `${name} keeps memory`, `${settled} → ${residentMiB} MiB ${after}`, 'the same seed');
      }
    }
  }

  /** Resident memory, as `check` saw it first and as it is now. */
  memory(): string {
    return Object.entries(usageOf(this.processes()))
      .map(([name, { residentMiB }]) => `${name} ${this.settledAt.get(name) ?? residentMiB} → ${residentMiB} MiB`)
      .join(', ');
  }

  private processes(): Record<string, number> {
    const { supervisor } = this.system.stack;
    return Object.fromEntries(Object.keys(this.system.stack.services).map((name) => [name, supervisor.pid(name) ?? 0]));
  }

  private async placeOrders(): Promise<void> {
    const product = await this.system.newProduct(1_000_000);
    while (!this.done.signal.aborted) {
      const began = performance.now();
      try {
        const { order_id: orderId } = await this.system.place({ user_id: 'canary', items: [product] });
        this.orderIds.push(orderId);
        this.findings.ran('orders of innocent customers');
        const { status } = await this.system.settled(orderId, CONFIRMED_WITHIN_S);
        if (status !== 'confirmed') throw new Error(`order ${orderId} is ${status}`);
      } catch (error) {
        this.findings.add('watch', 'a neighbour suffers', String(error), 'the same seed');
      }
      this.slowestSeconds = Math.max(this.slowestSeconds, (performance.now() - began) / 1_000);
      await delay(EVERY_MS, undefined, { signal: this.done.signal }).catch(() => undefined);
    }
  }
}
