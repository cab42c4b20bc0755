import type { LingerTimes } from '../messaging-options';

/** The share of its time at work up to which a worker counts as idle, and from which on as busy. */
const IDLE = 0.1;
const BUSY = 0.5;

/** What is longer ago than this hardly counts. */
const MEMORY_MS = 1_000;

/**
 * How long to wait for more work between two batches. A transaction costs much the same whatever it carries, so waking at once for
 * every little bit of work would make a busy machine spend itself on many small ones. The measure is the share of about the last
 * second that went into batches: on a machine that is slow, or has others to serve, each takes longer, and so carries more.
 */
export class Pace {
  private share = 0;
  private at = 0;

  constructor(
    private readonly times: LingerTimes,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a batch that is done and took `tookMs`. @returns for how many milliseconds the next one should wait. */
  pauseAfter(tookMs: number): number {
    const now = this.now();
    this.share = this.share * remaining(now - this.at) + 1 - remaining(tookMs);
    this.at = now;
    const { idleMs, busyMs } = this.times;
    return idleMs + (busyMs - idleMs) * Math.min(1, Math.max(0, (this.share - IDLE) / (BUSY - IDLE)));
  }
}

/** How much of something still counts after a time. */
function remaining(ms: number): number {
  return Math.exp(-ms / MEMORY_MS);
}
