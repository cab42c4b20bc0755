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
/** How long a busy relay lets events gather between two batches. */
const GATHER_MS = 50;
/** How long an event can stay unnoticed when its wake-up call was lost. */
const POLL_INTERVAL_MS = 500;
/** How often a standby asks whether the active relay is gone. */
const STANDBY_INTERVAL_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;

/**
 * Publishes the outbox. Of all replicas of a service one is active: the one that holds the advisory lock. It sends rows
 * in `position` order, one batch at a time, and deletes them only after Kafka has acknowledged them, so a crash can
 * double a record (the consumers' inbox drops it) but never lose one or swap two of the same order. While a batch is being
 * acknowledged the next one is already read.
 */
@Injectable()
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private woken: (() => void) | undefined;
  private wakeUps = 0;
  private failures = 0;
  private readonly pace = new Pace(GATHER_MS);

  constructor(
    private readonly options: MessagingOptions,
    private readonly signal: OutboxSignal,
    private readonly producer: RelayProducer,
  ) {}

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
    let rows = await reader.read(BATCH_SIZE, []);
    for (;;) {
      if (rows.length > 0) {
        rows = await this.publish(reader, rows);
        continue;
      }
      if (this.stopping.signal.aborted) return;
      const seen = this.wakeUps;
      rows = await reader.read(BATCH_SIZE, []);
      if (rows.length === 0) await this.untilWoken(seen);
    }
  }

  /**
   * Sends one batch and gives the next one. With a backlog that one is read meanwhile; without, a busy relay lets events
   * gather first.
   */
  private async publish(reader: OutboxReader, rows: readonly OutboxRow[]): Promise<OutboxRow[]> {
    const positions = rows.map((row) => row.position);
    const sent = this.producer.send(toTopicMessages(rows));
    const backlog = rows.length >= READ_AHEAD_FROM;
    // Both must have come to rest before an error of either is thrown on.
    const [acknowledged, next] = await Promise.allSettled([sent, backlog ? reader.read(BATCH_SIZE, positions) : []]);
    if (acknowledged.status === 'rejected') throw acknowledged.reason;
    await reader.delete(positions);
    this.failures = 0;
    if (next.status === 'rejected') throw next.reason;
    const pause = this.pace.pauseAfter(rows.length);
    if (!backlog) await sleep(pause, this.stopping.signal);
    return next.value;
  }

  private async untilWoken(seen: number): Promise<void> {
    if (this.wakeUps !== seen) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_INTERVAL_MS);
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
