/** Inputs per second up to which a system counts as idle, and from which on as busy. */
const IDLE = 20;
const BUSY = 100;

/** How long work may gather between two batches, in milliseconds: with hardly any load, and with much. */
export interface GatherTimes {
  readonly idleMs: number;
  readonly busyMs: number;
}

/**
 * How long to let work gather between two batches. A transaction costs much the same whatever it carries, so waking at once for
 * every little bit of work would make a busy machine spend itself on many small ones. The measure is the inputs of about the
 * last second.
 */
export class Pace {
  private recent = 0;
  private at = 0;

  constructor(
    private readonly times: GatherTimes,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a batch that is done. @returns for how many milliseconds the next one should wait. */
  pauseAfter(inputs: number): number {
    const now = this.now();
    this.recent = this.recent * Math.exp((this.at - now) / 1_000) + inputs;
    this.at = now;
    const { idleMs, busyMs } = this.times;
    return idleMs + (busyMs - idleMs) * Math.min(1, Math.max(0, (this.recent - IDLE) / (BUSY - IDLE)));
  }
}
