import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

const EVERY_MS = 200;

/**
 * What stands before replicas: asks each instance whether it is ready, several times a second, and sends nothing to one that
 * says no or nothing. It does not repeat a request.
 */
export class Balancer {
  private readonly cluster: Cluster;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    this.cluster.unrouted.clear();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await Promise.all([...this.cluster.instances.keys()].map((name) => this.look(name)));
      await delay(EVERY_MS);
    }
  }

  /** Who says no, or does not listen, is out at once. Who is slow to answer is slow, and stays what it was. */
  private async look(name: string): Promise<void> {
    const { unrouted, system } = this.cluster;
    const url = `${system.stack.services[name] ?? ''}/health/ready`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(1_500) });
      await response.text();
      if (response.ok) unrouted.delete(name);
      else unrouted.add(name);
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') unrouted.add(name);
    }
  }
}
