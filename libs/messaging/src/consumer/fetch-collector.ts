import type { EventCatalogue } from '@app/cloudevents';
import { sleep } from '@app/platform';
import type { EachBatchPayload } from 'kafkajs';
import type { BatchControl } from './batch-control';
import { BatchSize } from './batch-size';
import { OffsetCommits } from './offset-commits';
import { Pace } from '../linger/pace';
import type { MessagingOptions } from '../messaging-options';
import { toConsumedRecord, type ConsumedRecord, type FetchedMessage } from '../record/consumed-record';
import { UnreadableBatches, type UnreadablePlace } from './unreadable-batches';

/** What a fetch brought of one partition: kafkajs waits until it is resolved or rejected. */
interface PartitionBatch {
  readonly payload: EachBatchPayload;
  /** Those that may be handled now. */
  readonly messages: readonly FetchedMessage[];
  /** How many of its messages, from the front, are done with. */
  done: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is done with is committed so often. */
const COMMIT_INTERVAL_MS = 1_000;

/** What the collector needs of its surroundings. */
export interface FetchCollectorPort extends Pick<MessagingOptions, 'catalogue' | 'linger'> {
  /** Gives records their effect; rejects when they may not be skipped. What it has not begun when interrupted it leaves. */
  process(records: readonly ConsumedRecord[], interrupted: BatchControl['interrupted']): Promise<void>;
  /** Called when {@link process} rejected: the partitions are paused, and are to be resumed by calling `resume`. */
  outage(error: unknown, resume: () => void): void;
  /** Called when something could not be read and is left for the next fetch, which should come over a fresh connection. */
  unreadable(place: UnreadablePlace): void;
  /** Whether the process is ending: nothing more is begun then. */
  stopping(): boolean;
  /** In one transaction, at most; fewer when handling is slow. */
  readonly maxRecords: number;
  readonly heartbeatIntervalMs: number;
}

/**
 * Makes one batch of what kafkajs hands over per partition, so that a whole fetch costs one transaction. Each partition's
 * callback returns only when its records are done with, which is also what lets a rebalance wait for work in progress. Nothing
 * but kafkajs's own errors ever leaves `add`: kafkajs would count any other one against the consumer and in the end kill it.
 */
export class FetchCollector {
  private waiting: PartitionBatch[] = [];
  private flushing = false;
  private readonly size: BatchSize;
  private readonly pace: Pace;
  private readonly commits: OffsetCommits;
  private readonly unreadableBatches: UnreadableBatches;
  /** Since when the present batch is being worked on, in milliseconds since the epoch; undefined when idle. */
  busySince: number | undefined;

  constructor(
    private readonly port: FetchCollectorPort,
    private readonly now: () => number,
  ) {
    this.size = new BatchSize(port.maxRecords);
    this.pace = new Pace(port.linger, now);
    this.commits = new OffsetCommits(COMMIT_INTERVAL_MS, now);
    this.unreadableBatches = new UnreadableBatches((place) => port.unreadable(place));
  }

  /** What could not be read and is being looked at again. */
  get unreadable(): readonly UnreadablePlace[] {
    return this.unreadableBatches.places;
  }

  /** Commits what is done with and not committed yet. Never rejects. */
  commitRest(): Promise<void> {
    return this.commits.rest().catch(() => undefined);
  }

  /** Tells that the consumer has joined its group anew, and so begins from what is committed. */
  joined(): void {
    this.commits.forget();
  }

  /** kafkajs's `eachBatch`. */
  async add(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const messages = this.unreadableBatches.admit(topic, partition, payload.batch.messages);
    return new Promise((resolve, reject) => {
      this.waiting.push({ payload, messages, done: 0, resolve, reject });
      if (!this.flushing) {
        this.flushing = true;
        // All partitions of a fetch are handed over in the same turn of the event loop.
        setImmediate(() => void this.flush());
      }
    });
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const batches = this.waiting;
      this.waiting = [];
      this.busySince = this.now();
      await this.handle(batches);
      this.busySince = undefined;
    }
    this.flushing = false;
  }

  private async handle(batches: PartitionBatch[]): Promise<void> {
    const heartbeat = new Heartbeat(batches[0]?.payload, this.port.heartbeatIntervalMs);
    const interrupted = () => heartbeat.failure !== undefined || this.port.stopping() || !canGoOn(batches);
    const begun = this.now();
    this.passEmpty(batches);
    try {
      for (const chunk of chunksOf(batches, this.port.catalogue, () => this.size.current)) {
        if (interrupted() || !(await this.handleChunk(chunk, begun, interrupted))) break;
      }
    } catch (error) {
      // Interrupted work is no outage: the next owner of the partitions reads the records again.
      if (!interrupted()) this.pause(batches, error);
    }
    heartbeat.stop();
    const failure = (await this.commitDone(interrupted())) ?? heartbeat.failure;
    if (failure === undefined && !interrupted()) await this.linger(batches, begun);
    for (const batch of batches) {
      if (failure === undefined) batch.resolve();
      else batch.reject(failure);
    }
  }

  /** Waits for more records. With a backlog there is nothing to wait for: do not pause. */
  private async linger(batches: readonly PartitionBatch[], begun: number): Promise<void> {
    const pause = this.pace.pauseAfter(this.now() - begun);
    const hasBacklog = batches.some(({ payload }) => Number(payload.batch.offsetLag()) > 0);
    if (!hasBacklog) await sleep(pause);
  }

  /** At once when somebody else goes on with these partitions: what is not committed comes again there. @returns what went wrong. */
  private commitDone(atOnce: boolean): Promise<unknown> {
    return (atOnce ? this.commits.rest() : this.commits.whenDue()).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  /**
   * @returns whether to go on. Not when what has been done cannot be committed: that is tried once more when the fetch ends,
   * and what comes of it is told to kafkajs.
   */
  private async handleChunk(
    chunk: readonly ChunkPart[],
    fetchBegun: number,
    interrupted: BatchControl['interrupted'],
  ): Promise<boolean> {
    const together = chunk.flatMap(({ records }) => records);
    const begun = this.now();
    await this.port.process(together, interrupted).catch((error: unknown) => {
      this.size.failed(together.length);
      throw error;
    });
    this.size.took(together.length, this.now() - begun);
    for (const { batch, records } of chunk) this.done(batch, records);
    return this.commits.whenDue(fetchBegun).then(
      () => true,
      () => false,
    );
  }

  private done(batch: PartitionBatch, records: readonly ConsumedRecord[]): void {
    batch.done += records.length;
    const last = records.at(-1);
    if (last === undefined) return;
    const fetched = batch.payload.batch;
    // Behind the last message there may be what kafkajs keeps to itself: the end of a transaction, or one that was aborted.
    const offset = batch.done === fetched.messages.length ? fetched.lastOffset() : last.offset;
    this.commits.done(batch.payload, last.topic, last.partition, offset);
    this.unreadableBatches.done(last.topic, last.partition, last.offset);
  }

  /** Nothing but what kafkajs keeps to itself: there is nothing to do, and it would stay lag forever. */
  private passEmpty(batches: readonly PartitionBatch[]): void {
    for (const { payload } of batches) {
      const { topic, partition, messages } = payload.batch;
      if (messages.length === 0) this.commits.done(payload, topic, partition, payload.batch.lastOffset());
    }
  }

  private pause(batches: readonly PartitionBatch[], error: unknown): void {
    const left = batches.filter(({ messages, done }) => done < messages.length);
    const resumes = left.map(({ payload }) => payload.pause());
    this.port.outage(error, () => resumes.forEach((resume) => resume()));
  }
}

/** Tells the group that this member lives while a batch is being worked on; kafkajs does not do it by itself. */
class Heartbeat {
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
function canGoOn(batches: readonly PartitionBatch[]): boolean {
  return batches.every(({ payload }) => payload.isRunning() && !payload.isStale());
}

interface ChunkPart {
  readonly batch: PartitionBatch;
  readonly records: readonly ConsumedRecord[];
}

/**
 * Cuts the batches into chunks of the size that is right at that moment, each partition's records in their order. Messages are read
 * only when their turn comes: until then what is made of them would only keep the garbage collector busy.
 */
function* chunksOf(
  batches: readonly PartitionBatch[],
  catalogue: EventCatalogue,
  size: () => number,
): Generator<ChunkPart[]> {
  let chunk: ChunkPart[] = [];
  let room = size();
  for (const batch of batches) {
    const { topic, partition } = batch.payload.batch;
    const { messages } = batch;
    for (let from = 0; from < messages.length;) {
      const together = messages.slice(from, from + room);
      const records = together.map((message) => toConsumedRecord(catalogue, topic, partition, message));
      chunk.push({ batch, records });
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
