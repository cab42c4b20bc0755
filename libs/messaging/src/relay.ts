import { Injectable, Logger } from '@nestjs/common';
import type { TopicMessages } from 'kafkajs';
import { MessagingOptions } from './messaging-options';
import { OutboxReader, type OutboxRow } from './outbox-reader';
import { OutboxSignal } from './outbox-signal';
import { RelayProducer } from './relay-producer';
import { Pace } from './pace';
import { backoff, sleep } from './sleep';

const BATCH_SIZE = 1_000;
/** A batch of this size says that there is a backlog. */
const READ_AHEAD_FROM = 500;
/** How long an event can stay unnoticed when its wake-up call was lost. */
const POLL_INTERVAL_MS = 2_000;
/** How long rows may stay that Kafka has acknowledged; when something else is to be published they are deleted with it. */
const DELETE_WITHIN_MS = 200;
/** How often a standby asks whether the active relay is gone. */
const STANDBY_INTERVAL_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;

/**
 * Publishes the outbox. Of all replicas of a service one is active: the one that holds the advisory lock. It sends rows
 * in `position` order, one batch at a time, and deletes them only after Kafka has acknowledged them, so a crash can
 * double a record (the consumers' inbox drops it) but never lose one or swap two of the same order. One statement deletes what
 * was acknowledged and reads what comes next; with a backlog it does so while a batch is being acknowledged.
 */
@Injectable()
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private woken: (() => void) | undefined;
  private wakeUps = 0;
  private failures = 0;
  private readonly pace: Pace;

  constructor(
    private readonly options: MessagingOptions,
    private readonly signal: OutboxSignal,
    private readonly producer: RelayProducer,
  ) {
    this.pace = new Pace(options.gather);
  }

  /** Begins to publish in the background; returns at once, whatever state PostgreSQL and Kafka are in. */
  start(): void {
    this.running ??= this.run();
  }

  /** Publishes what is there, for at most `timeoutMs`, then gives the lock to another replica and closes. */
  async stop(timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    this.stopping.abort();
    this.wake();
    await Promise.race([this.running, new Promise((resolve) => deadline.addEventListener('abort', resolve))]);
    await this.producer.disconnect();
  }

  private wake(): void {
    this.wakeUps += 1;
    this.woken?.();
  }

  private async run(): Promise<void> {
    for (;;) {
      const reader = new OutboxReader(this.options);
      try {
        await reader.connect(() => this.wake());
        if (await reader.becomeActive()) {
          this.signal.relayIsHere(() => this.wake());
          await this.publishUntilStopped(reader);
        }
        if (this.stopping.signal.aborted) return;
        await sleep(STANDBY_INTERVAL_MS, this.stopping.signal);
      } catch (error) {
        this.failures += 1;
        this.logger.warn(`relay interrupted, trying again: ${error instanceof Error ? error.message : String(error)}`);
        if (this.stopping.signal.aborted) return;
        await sleep(backoff(this.failures, 100, MAX_BACKOFF_MS), this.stopping.signal);
      } finally {
        this.signal.relayIsElsewhere();
        await reader.close();
      }
    }
  }

  private async publishUntilStopped(reader: OutboxReader): Promise<void> {
    let acknowledged: readonly string[] = [];
    for (;;) {
      const seen = this.wakeUps;
      let rows = await reader.read(BATCH_SIZE, { acknowledged });
      acknowledged = [];
      if (rows.length === 0 && this.stopping.signal.aborted) return;
      while (rows.length > 0) ({ rows, acknowledged } = await this.publish(reader, rows, acknowledged));
      await this.untilWoken(seen, acknowledged.length > 0 ? DELETE_WITHIN_MS : POLL_INTERVAL_MS);
    }
  }

  /**
   * Sends one batch. With a backlog the next one is read meanwhile; without, events may gather first.
   * @returns the next batch, and the positions that Kafka has acknowledged and that are still there.
   */
  private async publish(
    reader: OutboxReader,
    rows: readonly OutboxRow[],
    acknowledged: readonly string[],
  ): Promise<{ rows: OutboxRow[]; acknowledged: readonly string[] }> {
    const positions = rows.map((row) => row.position);
    const begun = performance.now();
    const sent = this.producer.send(toTopicMessages(rows));
    if (rows.length < READ_AHEAD_FROM) {
      await sent;
      this.failures = 0;
      await sleep(this.pace.pauseAfter(performance.now() - begun), this.stopping.signal);
      return { rows: [], acknowledged: [...acknowledged, ...positions] };
    }
    // Both must have come to rest before an error of either is thrown on.
    const reading = reader.read(BATCH_SIZE, { acknowledged, beingSent: positions });
    const [answer, next] = await Promise.allSettled([sent, reading]);
    if (answer.status === 'rejected') throw answer.reason;
    this.failures = 0;
    this.pace.pauseAfter(performance.now() - begun);
    if (next.status === 'rejected') throw next.reason;
    return { rows: next.value, acknowledged: positions };
  }

  private async untilWoken(seen: number, atMostMs: number): Promise<void> {
    if (this.wakeUps !== seen || this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.woken = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.woken = undefined;
  }
}

function toTopicMessages(rows: readonly OutboxRow[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const row of rows) {
    let topic = byTopic.get(row.type);
    if (topic === undefined) byTopic.set(row.type, (topic = { topic: row.type, messages: [] }));
    topic.messages.push(row.message);
  }
  return [...byTopic.values()];
}
