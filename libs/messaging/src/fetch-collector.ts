import type { EachBatchPayload } from 'kafkajs';
import type { BatchControl } from './batch-control';
import { BatchSize } from './batch-size';
import { Pace } from './pace';
import { sleep } from './sleep';
import { toConsumedRecord, type ConsumedRecord } from './consumed-record';

/** A partition's share of a fetch: kafkajs waits for it, the collector answers. */
interface Share {
  readonly payload: EachBatchPayload;
  readonly records: readonly ConsumedRecord[];
  /** How many of `records`, from the front, are done with. */
  done: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is done of a fetch that takes long is committed so often, in milliseconds: lag can be seen to fall. */
const COMMIT_EVERY_MS = 5_000;

/** What the collector needs of its surroundings. */
export interface FetchCollectorPort {
  /** Gives records their effect; rejects when they may not be skipped. What it has not begun when interrupted it leaves. */
  process(records: readonly ConsumedRecord[], interrupted: BatchControl['interrupted']): Promise<void>;
  /** Called when {@link process} rejected: the partitions are paused, and are to be resumed by calling `resume`. */
  outage(error: unknown, resume: () => void): void;
  /** Whether the process is ending: nothing more is begun then. */
  stopping(): boolean;
  /** In one transaction, at the most; fewer when handling is slow. */
  readonly maxRecords: number;
  /** Milliseconds a busy consumer lets records gather before it fetches again: see {@link Pace}. */
  readonly gatherMs: number;
  readonly heartbeatIntervalMs: number;
}

/**
 * Makes one batch of what kafkajs hands over per partition, so that a whole fetch costs one transaction and one offset
 * commit. Each partition's callback returns only when its records are done with, which is also what lets a rebalance wait
 * for work in progress. Nothing but kafkajs's own errors ever leaves `add`: kafkajs would count any other one against the
 * consumer and in the end kill it.
 */
export class FetchCollector {
  private waiting: Share[] = [];
  private flushing = false;
  private readonly size: BatchSize;
  private readonly pace: Pace;
  private committedAt = 0;
  /** Since when the present batch is being worked on, in milliseconds since the epoch; undefined when idle. */
  busySince: number | undefined;

  constructor(
    private readonly port: FetchCollectorPort,
    private readonly now: () => number,
  ) {
    this.size = new BatchSize(port.maxRecords);
    this.pace = new Pace(port.gatherMs, now);
  }

  /** kafkajs's `eachBatch`. */
  async add(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const records = messages.map((message) => toConsumedRecord(topic, partition, message));
    return new Promise((resolve, reject) => {
      this.waiting.push({ payload, records, done: 0, resolve, reject });
      if (!this.flushing) {
        this.flushing = true;
        // All partitions of a fetch are handed over in the same turn of the event loop.
        setImmediate(() => void this.flush());
      }
    });
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const shares = this.waiting;
      this.waiting = [];
      this.busySince = this.now();
      await this.handle(shares);
      this.busySince = undefined;
    }
    this.flushing = false;
  }

  private async handle(shares: Share[]): Promise<void> {
    const pulse = new Pulse(shares[0]?.payload, this.port.heartbeatIntervalMs);
    const interrupted = () => pulse.failure !== undefined || this.port.stopping() || !canGoOn(shares);
    let failure: unknown;
    try {
      this.committedAt = this.now();
      for (const chunk of chunksOf(shares, () => this.size.current)) {
        if (interrupted() || !(await this.handleChunk(chunk, shares, interrupted))) break;
      }
    } catch (error) {
      // Interrupted work is no outage: whoever gets the partitions next finds the records again.
      if (!interrupted()) this.pause(shares, error);
    }
    pulse.stop();
    try {
      await commit(shares);
      failure = pulse.failure;
    } catch (error) {
      failure = error;
    }
    if (failure === undefined && !interrupted()) {
      const records = shares.reduce((sum, share) => sum + share.done, 0);
      await sleep(this.pace.pauseAfter(records));
    }
    for (const share of shares) {
      if (failure === undefined) share.resolve();
      else share.reject(failure);
    }
  }

  /**
   * @returns whether to go on. Not when what has been done can not be committed: that is tried once more when the fetch ends,
   * and what comes of it is told to kafkajs.
   */
  private async handleChunk(
    chunk: readonly ChunkPart[],
    shares: readonly Share[],
    interrupted: BatchControl['interrupted'],
  ): Promise<boolean> {
    const together = chunk.flatMap(({ records }) => records);
    const begun = this.now();
    await this.port.process(together, interrupted).catch((error: unknown) => {
      this.size.failed(together.length);
      throw error;
    });
    for (const { share, records } of chunk) share.done += records.length;
    this.size.took(together.length, this.now() - begun);
    if (this.now() - this.committedAt < COMMIT_EVERY_MS) return true;
    this.committedAt = this.now();
    return isCommitted(shares);
  }

  private pause(shares: readonly Share[], error: unknown): void {
    const resumes = shares.filter((share) => share.done < share.records.length).map((share) => share.payload.pause());
    this.port.outage(error, () => resumes.forEach((resume) => resume()));
  }
}

/** Tells the group that this member lives while a batch is being worked on; kafkajs does not do it by itself. */
class Pulse {
  private readonly timer: NodeJS.Timeout | undefined;
  /** Set when the group wants this member back: nothing more may be begun. */
  failure: unknown;

  constructor(payload: EachBatchPayload | undefined, intervalMs: number) {
    if (payload === undefined) return;
    this.timer = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => (this.failure ??= error));
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Whether the consumer still runs and nobody has moved its position away from under these records. */
function canGoOn(shares: readonly Share[]): boolean {
  return shares.every(({ payload }) => payload.isRunning() && !payload.isStale());
}

interface ChunkPart {
  readonly share: Share;
  readonly records: readonly ConsumedRecord[];
}

/** Cuts the shares into chunks of the size that is right at that moment, each partition's records in their order. */
function* chunksOf(shares: readonly Share[], size: () => number): Generator<ChunkPart[]> {
  let chunk: ChunkPart[] = [];
  let room = size();
  for (const share of shares) {
    for (let from = 0; from < share.records.length;) {
      const records = share.records.slice(from, from + room);
      chunk.push({ share, records });
      from += records.length;
      room -= records.length;
      if (room > 0) continue;
      yield chunk;
      chunk = [];
      room = size();
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function isCommitted(shares: readonly Share[]): Promise<boolean> {
  return commit(shares).then(
    () => true,
    () => false,
  );
}

/**
 * One request for all partitions. From the payload: the consumer's own commit is silently ignored while it stops. The
 * position moves only after the commit, so that a refused commit is tried again: its records are fetched once more, and
 * the inbox drops them. Otherwise a quiet partition would show lag until the next restart.
 */
async function commit(shares: readonly Share[]): Promise<void> {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  const positions: (() => void)[] = [];
  for (const { payload, records, done } of shares) {
    const last = records[done - 1];
    if (last === undefined) continue;
    positions.push(() => payload.resolveOffset(last.offset));
    const partitions = topics.get(last.topic) ?? [];
    topics.set(last.topic, partitions);
    partitions.push({ partition: last.partition, offset: (BigInt(last.offset) + 1n).toString() });
  }
  if (topics.size === 0) return;
  await shares[0]?.payload.commitOffsetsIfNecessary({
    topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
  });
  positions.forEach((move) => move());
}
