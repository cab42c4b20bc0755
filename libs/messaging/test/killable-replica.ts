import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { MessagingOptions } from '../src/messaging-options';

/** What the process is told: see `probe-process.ts`. */
export interface KillableReplicaOptions {
  readonly options: Omit<MessagingOptions, 'catalogue'>;
  readonly bad: readonly string[];
  readonly delayMs: number;
}

/** A replica of the probe service in a process of its own. */
export class KillableReplica {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(told: KillableReplicaOptions): Promise<KillableReplica> {
    const script = new URL('./probe-process.ts', import.meta.url).pathname;
    const args = ['--import', '@swc-node/register/esm-register', script, JSON.stringify(withoutCatalogue(told))];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('http')) return new KillableReplica(child, line.trim());
    }
    throw new Error('the process ended before it was up');
  }

  /** As the operating system does when memory runs out: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}

/** It has functions, and the process has it anyway. */
function withoutCatalogue({ options, ...others }: KillableReplicaOptions): object {
  return { ...others, options: { ...options, catalogue: undefined } };
}
