import { Injectable, Logger } from '@nestjs/common';

/** `starting` until everything is wired and listening, `ready`, then `draining` until the process ends. */
export type LifecycleState = 'starting' | 'ready' | 'draining';

/**
 * Where the process is in its life. Readiness follows it; long running work registers here what must end
 * before Nest tears connections down. One instance a process.
 */
@Injectable()
export class Lifecycle {
  private readonly logger = new Logger(Lifecycle.name);
  private readonly hooks: { readonly name: string; readonly run: () => Promise<void> | void }[] = [];
  private current: LifecycleState = 'starting';
  private draining: Promise<void> | undefined;

  get state(): LifecycleState {
    return this.current;
  }

  /** Called once by the bootstrap. Has no effect on a process that is already draining. */
  markReady(): void {
    if (this.current === 'starting') this.current = 'ready';
  }

  /**
   * Registers work for the shutdown. Hooks run one after the other in the order of registration, while the
   * database, the cache and the HTTP server still work. A hook that throws is logged and the next one runs.
   */
  onDrain(run: () => Promise<void> | void, name = 'drain hook'): void {
    this.hooks.push({ name, run });
  }

  /** Turns readiness off and runs the hooks; later calls wait for the first. Unbounded: the caller sets the limit. */
  drain(): Promise<void> {
    this.draining ??= this.runHooks();
    return this.draining;
  }

  private async runHooks(): Promise<void> {
    this.current = 'draining';
    for (const { name, run } of this.hooks) {
      try {
        await run();
      } catch (error) {
        this.logger.error(`${name} failed while draining`, error);
      }
    }
  }
}
