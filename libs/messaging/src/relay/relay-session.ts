import { asError, backoff, sleep } from '@app/platform';
import { Logger } from '@nestjs/common';
import type { OutboxReader, OutboxRow } from './outbox-reader';
import { Pace } from '../linger/pace';
import type { RelayProducer } from './relay-producer';
import { BATCH_SIZE, POLL_INTERVAL_MS, type RelaySurroundings } from './relay-surroundings';
import { SendFailure } from './send-failure';
import { toTopicMessages } from './topic-messages';
import { TroubledTopic } from './troubled-topic';

/** A batch of this size says that there is a backlog. */
const READ_AHEAD_FROM = 500;
/** How long rows may stay that Kafka has acknowledged; when something else is to be published they are deleted with it. */
const DELETE_WITHIN_MS = 200;
const MAX_BACKOFF_MS = 2_000;
/** After so many sends without an answer another replica, which may be able to reach Kafka, gets its chance. */
const FAILURES_UNTIL_LOCK_IS_GIVEN_UP = 3;

/**
 * What the active relay does for as long as its session holds the lock. One statement deletes what was acknowledged and reads what
 * comes next; with a backlog it does so while a batch is being acknowledged. A topic that refuses its records is published apart
 * from the others, until it takes them again.
 */
export class RelaySession {
  private readonly logger = new Logger(RelaySession.name);
  private readonly apart = new Map<string, Promise<void>>();
  private readonly over = new AbortController();
  private readonly pace: Pace;
  private failures = 0;
  private failure: Error | undefined;
  /** Whether anything went through. */
  hasPublished = false;

  constructor(
    private readonly reader: OutboxReader,
    private readonly producer: RelayProducer,
    private readonly surroundings: RelaySurroundings,
  ) {
    this.pace = new Pace(surroundings.linger);
  }

  /**
   * Resolves when the relay is stopping and nothing is left that could be published.
   * @throws when the session is lost, or Kafka has not answered for a while.
   */
  async publishUntilStopped(): Promise<void> {
    try {
      for (const topic of await this.reader.topicsWithRefusals()) this.publishApart(topic);
      await this.publishTogether();
    } catch (error) {
      this.giveUp();
      throw error;
    } finally {
      // Nothing may be on its way any more when the lock is given back.
      await Promise.all(this.apart.values());
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Begins nothing new. */
  giveUp(): void {
    this.over.abort();
    this.surroundings.wakeUps.wake();
  }

  private async publishTogether(): Promise<void> {
    const { wakeUps, stopping } = this.surroundings;
    let acknowledged: readonly string[] = [];
    while (this.failure === undefined && !this.over.signal.aborted) {
      const seen = wakeUps.count;
      let rows = await this.read({ acknowledged });
      acknowledged = [];
      if (rows.length === 0 && stopping.aborted) return;
      if (rows.length === 0 && this.apart.size === 0) this.surroundings.outage.ended();
      while (rows.length > 0 && !this.over.signal.aborted)
        ({ rows, acknowledged } = await this.publish(rows, acknowledged));
      await this.untilWoken(seen, acknowledged.length > 0 ? DELETE_WITHIN_MS : POLL_INTERVAL_MS);
    }
  }

  private read(published: { acknowledged: readonly string[]; beingSent?: readonly string[] }): Promise<OutboxRow[]> {
    return this.reader.read(BATCH_SIZE, { ...published, without: [...this.apart.keys()] });
  }

  /**
   * Sends one batch. With a backlog the next one is read meanwhile; without, events may gather first.
   * @returns the next batch, and the positions that Kafka has acknowledged and that are still there.
   */
  private async publish(
    rows: readonly OutboxRow[],
    acknowledged: readonly string[],
  ): Promise<{ rows: OutboxRow[]; acknowledged: readonly string[] }> {
    this.reader.assertActive();
    const positions = rows.map((row) => row.position);
    const begun = performance.now();
    const sent = this.producer.send(toTopicMessages(rows));
    const readsAhead = rows.length >= READ_AHEAD_FROM;
    // Both must have come to rest before an error of either is thrown on.
    const reading = readsAhead ? this.read({ acknowledged, beingSent: positions }) : Promise.resolve([]);
    const [answer, next] = await Promise.allSettled([sent, reading]);
    if (answer.status === 'rejected') return this.recover(rows, readsAhead ? [] : acknowledged, answer.reason);
    this.failures = 0;
    this.hasPublished = true;
    if (this.surroundings.outage.isOngoing) await this.resumed();
    const pause = this.pace.pauseAfter(performance.now() - begun);
    if (next.status === 'rejected') throw next.reason;
    if (readsAhead) return { rows: next.value, acknowledged: positions };
    await sleep(pause, this.surroundings.stopping);
    return { rows: [], acknowledged: [...acknowledged, ...positions] };
  }

  /** What was read ahead counts no more: it may belong to a topic that is in trouble now, and is read again. */
  private async recover(rows: readonly OutboxRow[], acknowledged: readonly string[], error: unknown) {
    if (!(error instanceof SendFailure)) throw error;
    const stored = rows.filter(({ message }) => error.stored.has(message)).map(({ position }) => position);
    // Before anybody reads them again.
    await this.reader.delete([...acknowledged, ...stored]);
    if (error.refusals.length === 0) await this.waitForKafka(error);
    for (const topic of new Set(error.refusals.map((refusal) => refusal.topic))) {
      this.logger.warn(`Publishing to ${topic} failed; it is now published separately: ${error.message}`);
      this.publishApart(topic);
    }
    return { rows: await this.read({ acknowledged: [] }), acknowledged: [] };
  }

  private async waitForKafka(error: SendFailure): Promise<void> {
    this.failures += 1;
    if (this.failures >= FAILURES_UNTIL_LOCK_IS_GIVEN_UP) throw error;
    this.surroundings.outage.failed(error);
    await sleep(backoff(this.failures, 100, MAX_BACKOFF_MS), this.surroundings.stopping);
  }

  private async resumed(): Promise<void> {
    const waiting = await this.reader.count();
    this.surroundings.outage.ended(`${waiting} events waited`);
  }

  private publishApart(topic: string): void {
    if (this.apart.has(topic)) return;
    const troubled = new TroubledTopic(topic, this.reader, this.producer.another(), {
      ...this.surroundings,
      over: this.over.signal,
    });
    const publishing = troubled.publishUntilHealthy().catch((error: unknown) => {
      this.failure ??= asError(error);
      this.giveUp();
    });
    this.apart.set(
      topic,
      publishing.then(() => {
        this.apart.delete(topic);
        this.surroundings.wakeUps.wake();
      }),
    );
  }

  private async untilWoken(seen: number, atMostMs: number): Promise<void> {
    if (this.surroundings.stopping.aborted || this.over.signal.aborted) return;
    await this.surroundings.wakeUps.since(seen, atMostMs);
  }
}
