import type { EachBatchPayload } from 'kafkajs';

/** The part of kafkajs's payload that moves a partition's position and commits. */
export type Committer = Pick<EachBatchPayload, 'commitOffsetsIfNecessary' | 'resolveOffset'>;

/**
 * Commits what is done with about once in `intervalMs`, in one request for all partitions: a commit costs Kafka as much as the
 * records themselves did. What was not committed when a process dies comes again, and the inbox drops it.
 *
 * The request is the one of the payload: the consumer's own is silently ignored while it stops.
 */
export class OffsetCommits {
  /** Topic and partition to the offset to go on from. */
  private pending = new Map<string, Map<number, string>>();
  private committer: Committer | undefined;
  private inProgress: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private committedAt = -Infinity;
  private generation = 0;

  constructor(
    private readonly intervalMs: number,
    private readonly now: () => number,
  ) {}

  /** The records of a partition are done with up to this offset: the next fetch goes on behind it. */
  done(committer: Committer, topic: string, partition: number, offset: string): void {
    committer.resolveOffset(offset);
    this.committer = committer;
    this.partitionsOf(topic).set(partition, (BigInt(offset) + 1n).toString());
  }

  /**
   * Commits when the last commit, and `since`, are long enough ago; otherwise when that time has come.
   * @throws what Kafka said of it.
   */
  async whenDue(since = -Infinity): Promise<void> {
    if (this.now() - Math.max(since, this.committedAt) >= this.intervalMs) return this.rest();
    this.later();
  }

  /** Commits all of it at once. What is refused is tried again later. @throws what Kafka said. */
  rest(): Promise<void> {
    const next = this.inProgress.then(() => this.commit());
    this.inProgress = next.catch(() => undefined);
    return next;
  }

  /** The member begins anew from what is committed; whatever was not comes again. */
  forget(): void {
    this.generation += 1;
    this.pending.clear();
  }

  private async commit(): Promise<void> {
    const { pending, committer, generation } = this;
    if (committer === undefined || pending.size === 0) return;
    this.pending = new Map();
    try {
      await committer.commitOffsetsIfNecessary({
        topics: [...pending].map(([topic, partitions]) => ({
          topic,
          partitions: [...partitions].map(([partition, offset]) => ({ partition, offset })),
        })),
      });
      this.committedAt = this.now();
    } catch (error) {
      // Offsets of a topic that is gone mean other records once there is one of that name again.
      const isGone = (error as { readonly type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION';
      if (generation === this.generation && !isGone) this.takeBack(pending);
      throw error;
    }
  }

  /** Should nothing more be done with these partitions, they would show lag forever. */
  private takeBack(refused: ReadonlyMap<string, ReadonlyMap<number, string>>): void {
    for (const [topic, partitions] of refused) {
      const newer = this.partitionsOf(topic);
      for (const [partition, offset] of partitions) {
        if (!newer.has(partition)) newer.set(partition, offset);
      }
    }
    this.later();
  }

  private later(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.rest().catch(() => undefined);
    }, this.intervalMs).unref();
  }

  private partitionsOf(topic: string): Map<number, string> {
    let partitions = this.pending.get(topic);
    if (partitions === undefined) this.pending.set(topic, (partitions = new Map<number, string>()));
    return partitions;
  }
}
