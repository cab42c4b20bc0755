import type { DueWorkerLimits } from '@app/messaging';

/** How many calls to the gateway are made at a time, and how long they may take. */
export class GatewayCallLimits implements DueWorkerLimits {
  readonly concurrency: number = 64;
  readonly capacity: number = 5_000;
  readonly leaseMs: number = 30_000;
  readonly timeoutMs: number = 5_000;
  readonly sweepIntervalMs: number = 1_000;

  /** @throws RangeError when a call could outlast its lease: two workers would be at it at once. */
  constructor(limits: Partial<DueWorkerLimits> = {}) {
    Object.assign(this, limits);
    Object.freeze(this);
    if (this.leaseMs < 2 * this.timeoutMs) {
      throw new RangeError('the lease of a call to the gateway must be at least twice its time-out');
    }
  }
}
