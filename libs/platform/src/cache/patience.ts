/** The result of an operation that may have been given up. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** How long one waits for something that may hang. Times in milliseconds. */
export interface PatienceOptions {
  readonly timeoutMs: number;
  /** After a time-out nothing is tried for so long, then one caller at a time. */
  readonly pauseMs: number;
  /** Told when attempts stop succeeding (`false`), and when they succeed again (`true`). */
  readonly onChange?: (healthy: boolean) => void;
}

/** Keeps a hanging dependency from costing more than one short time-out now and then. Never rejects. */
export class Patience {
  private healthy = true;
  private pausedUntil = -Infinity;
  private misses = 0;

  constructor(private readonly options: PatienceOptions) {}

  /** Time-outs since the last success. */
  get consecutiveTimeouts(): number {
    return this.misses;
  }

  /** Runs the operation for `timeoutMs` at most; a result that comes later is dropped. Not run during a pause. */
  async attempt<T>(operation: () => Promise<T>): Promise<Attempt<T>> {
    if (performance.now() < this.pausedUntil) return { ok: false };
    // While it is unknown whether the dependency has recovered, the others go without instead of waiting as well.
    if (this.misses > 0) this.pausedUntil = performance.now() + this.options.pauseMs;
    const outcome = await this.race(operation);
    if (outcome === 'timeout') {
      this.misses += 1;
      this.pausedUntil = performance.now() + this.options.pauseMs;
    } else if (outcome.ok) {
      this.misses = 0;
      this.pausedUntil = -Infinity;
    }
    this.report(outcome !== 'timeout' && outcome.ok);
    return outcome === 'timeout' ? { ok: false } : outcome;
  }

  private race<T>(operation: () => Promise<T>): Promise<Attempt<T> | 'timeout'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        // A busy event loop sees the timer before an answer that has long arrived: let it read the sockets first.
        setImmediate(() => resolve('timeout'));
      }, this.options.timeoutMs);
      void operation()
        .then(
          (value): Attempt<T> => ({ ok: true, value }),
          (): Attempt<T> => ({ ok: false }),
        )
        .then(resolve)
        .finally(() => clearTimeout(timer));
    });
  }

  private report(healthy: boolean): void {
    if (healthy === this.healthy) return;
    this.healthy = healthy;
    this.options.onChange?.(healthy);
  }
}
