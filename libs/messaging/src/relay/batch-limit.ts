/** All rows of a batch may be for one partition, and Kafka refuses more than 1 MiB (its default) for one of them at once. */
export const MAX_BATCH_BYTES = 800_000;

/** After so many batches that were as large as allowed, a larger one is tried. */
const FIRST_TRIAL_AFTER = 16;
/** Each trial that fails makes the next one wait twice as long, up to this. */
const LAST_TRIAL_AFTER = 1_024;
const GROWTH = 1.5;

/**
 * How many bytes of a topic to send at once, learned from what Kafka refuses: halved at each refusal, and grown again slowly, since
 * whoever set the limit may raise it.
 */
export class BatchLimit {
  private limit = MAX_BATCH_BYTES;
  /** The limit before refusals began. */
  private before = MAX_BATCH_BYTES;
  private searching = false;
  private accepted = 0;
  private trialAfter = FIRST_TRIAL_AFTER;

  get bytes(): number {
    return this.limit;
  }

  /** As much as to a topic that has never refused anything. */
  get isFull(): boolean {
    return this.limit >= MAX_BATCH_BYTES;
  }

  /** Several records of so many bytes were refused together. */
  refuse(bytes: number): void {
    if (!this.searching) this.before = this.limit;
    this.searching = true;
    if (this.accepted > 0) this.trialAfter = Math.min(LAST_TRIAL_AFTER, this.trialAfter * 2);
    this.accepted = 0;
    this.limit = Math.max(1, Math.floor(Math.min(this.limit, bytes) / 2));
  }

  /** The search has ended at one record that is the reason itself. */
  blameRecord(): void {
    if (this.searching) this.limit = this.before;
    this.searching = false;
  }

  /** Kafka has taken a batch; `full` when there would have been more to send. */
  accept(full: boolean): void {
    this.searching = false;
    if (!full || this.isFull) return;
    this.accepted += 1;
    if (this.accepted % this.trialAfter === 0) this.limit = Math.min(MAX_BATCH_BYTES, Math.ceil(this.limit * GROWTH));
  }
}
