/** A transaction this long, in milliseconds, keeps neither a rebalance nor the next sign of progress waiting. */
const AIM_MS = 2_000;
/** Few enough that even a slow handler is through before a transaction's time-out; doubled with each batch that is fast. */
const FIRST = 10;

/**
 * How many records share a transaction: as many as are handled in about two seconds, however fast that is at present. A
 * consumer with a backlog and a slow handler would otherwise work on one batch until it is taken for dead, again and again.
 */
export class BatchSize {
  private size: number;

  constructor(private readonly max: number) {
    this.size = Math.min(FIRST, max);
  }

  get current(): number {
    return this.size;
  }

  /** Learns from a batch that was handled. */
  took(records: number, ms: number): void {
    if (ms > AIM_MS) this.size = Math.max(1, Math.floor((records * AIM_MS) / ms));
    else if (ms < AIM_MS / 2 && records >= this.size) this.size = Math.min(this.max, this.size * 2);
  }

  /** Learns from a batch that failed: it may have been more than can be done before some time-out, and would be again. */
  failed(records: number): void {
    this.size = Math.max(1, Math.floor(Math.min(records, this.size) / 2));
  }
}
