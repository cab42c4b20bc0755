import { backoff, messageOf, Outage, sleep } from '@app/platform';
import { Logger } from '@nestjs/common';
import { BatchLimit } from './batch-limit';
import type { MeasuredRow, OutboxReader } from './outbox-reader';
import { Pace } from '../linger/pace';
import type { RelayProducer } from './relay-producer';
import { BATCH_SIZE, POLL_INTERVAL_MS, type RelaySurroundings } from './relay-surroundings';
import { SendFailure, verdictOf, type Refusal } from './send-failure';
import { toTopicMessages } from './topic-messages';

/** How often it is tried whether Kafka takes by now what was put aside: its limits may have been raised. */
const REFUSED_RETRY_MS = 10_000;
const REFUSED_AT_ONCE = 20;
const MAX_BACKOFF_MS = 5_000;

/**
 * Publishes one topic that has refused its records, apart from the others: in smaller batches, after having had the topic made
 * again, or after a while, as Kafka's answer asks for. A record that is refused when it is alone is put aside: it stays in the
 * outbox, those after it with its key wait behind it, all others go on. It is tried again from time to time.
 */
export class TroubledTopic {
  private readonly logger = new Logger(TroubledTopic.name);
  private readonly limit = new BatchLimit();
  private readonly pace: Pace;
  private readonly outage: Outage;
  private failures = 0;
  private hasRefused = true;
  private refusedTriedAt = -Infinity;

  constructor(
    private readonly topic: string,
    private readonly reader: OutboxReader,
    private readonly producer: RelayProducer,
    private readonly surroundings: RelaySurroundings & { readonly over: AbortSignal },
  ) {
    this.pace = new Pace(surroundings.linger);
    this.outage = new Outage(this.logger, {
      failing: `Publishing to ${topic} failed; retrying`,
      working: `Publishing to ${topic} again`,
    });
  }

  /**
   * Resolves when the topic can be published with the others, or everything ends; nothing that Kafka has acknowledged is in the
   * outbox then. @throws when the session is lost.
   */
  async publishUntilHealthy(): Promise<void> {
    const { wakeUps, stopping, over } = this.surroundings;
    let acknowledged: readonly string[] = [];
    try {
      for (;;) {
        const seen = wakeUps.count;
        await this.retryRefused();
        const rows = await this.reader.readTopic(
          this.topic,
          { rows: BATCH_SIZE, bytes: this.limit.bytes },
          acknowledged,
        );
        acknowledged = rows.length === 0 || over.aborted ? [] : await this.publish(rows);
        const done = rows.length === 0 || this.failures > 0;
        if (over.aborted || this.isHealthy(rows.length === 0) || (done && stopping.aborted)) break;
        if (rows.length === 0) await wakeUps.since(seen, POLL_INTERVAL_MS);
      }
      await this.reader.delete(acknowledged);
    } finally {
      await this.producer.disconnect();
    }
  }

  private isHealthy(nothingLeft: boolean): boolean {
    return this.limit.isFull && !this.hasRefused && (nothingLeft || this.failures === 0);
  }

  /** @returns the positions that Kafka has acknowledged. */
  private async publish(rows: readonly MeasuredRow[]): Promise<readonly string[]> {
    const begun = performance.now();
    const failure = await this.send(rows);
    if (failure !== undefined) return this.recover(rows, failure);
    this.failures = 0;
    this.outage.ended();
    this.limit.accept(bytesOf(rows) * 2 >= this.limit.bytes);
    const pause = this.pace.pauseAfter(performance.now() - begun);
    if (rows.length < BATCH_SIZE / 2) await sleep(pause, this.surroundings.stopping);
    return rows.map(({ position }) => position);
  }

  private async send(rows: readonly MeasuredRow[]): Promise<SendFailure | undefined> {
    this.reader.assertActive();
    try {
      await this.producer.send(toTopicMessages(rows));
      return undefined;
    } catch (error) {
      if (error instanceof SendFailure) return error;
      throw error;
    }
  }

  private async recover(rows: readonly MeasuredRow[], { stored, refusals, message }: SendFailure) {
    const never = refusals.filter((refusal) => verdictOf(refusal) === 'never');
    const alone = never.filter(({ messages }) => messages.length === 1);
    for (const refusal of alone) {
      const row = rows.find((candidate) => candidate.message === refusal.messages[0]);
      if (row !== undefined) await this.park(row, refusal);
    }
    if (never.length > alone.length) this.limit.refuse(bytesOf(rows));
    else if (alone.length > 0) this.limit.blameRecord();
    if (refusals.length === 0 || refusals.length > never.length) await this.wait(refusals, message);
    else this.failures = 1;
    return rows.filter((row) => stored.has(row.message)).map(({ position }) => position);
  }

  private async wait(refusals: readonly Refusal[], message: string): Promise<void> {
    this.failures += 1;
    this.outage.failed(message);
    if (refusals.some((refusal) => verdictOf(refusal) === 'missing')) {
      await this.surroundings.createTopic(this.topic).catch((error: unknown) => {
        this.logger.warn(`Topic ${this.topic} could not be created: ${messageOf(error)}`);
      });
    }
    await sleep(backoff(this.failures, 200, MAX_BACKOFF_MS), AbortSignal.any(this.ends));
  }

  private get ends(): AbortSignal[] {
    return [this.surroundings.stopping, this.surroundings.over];
  }

  private async park({ position }: MeasuredRow, { code, reason }: Refusal): Promise<void> {
    await this.reader.refuse(position, `${code}: ${reason}`);
    this.hasRefused = true;
    this.refusedTriedAt = performance.now();
    this.logger.error(`Kafka rejected an event of ${this.topic}; it is parked in the outbox: ${reason}`, {
      outbox_position: position,
      kafka_error: code,
    });
  }

  /** Each alone, so that one does not refuse another. */
  private async retryRefused(): Promise<void> {
    if (!this.hasRefused || performance.now() - this.refusedTriedAt < REFUSED_RETRY_MS) return;
    const rows = await this.reader.readRefused(this.topic, REFUSED_AT_ONCE);
    this.hasRefused = rows.length > 0;
    this.refusedTriedAt = performance.now();
    let published = 0;
    for (const row of rows) {
      if (this.ends.some(({ aborted }) => aborted)) return;
      const failure = await this.send([row]);
      const refusal = failure?.refusals[0];
      if (failure === undefined) {
        await this.reader.delete([row.position]);
        published += 1;
      } else if (refusal !== undefined && verdictOf(refusal) === 'never') {
        await this.reader.refuse(row.position, `${refusal.code}: ${refusal.reason}`);
      } else return;
    }
    // There may be more of them, and those behind them.
    if (published > 0 && published === rows.length) this.refusedTriedAt = -Infinity;
  }
}

function bytesOf(rows: readonly MeasuredRow[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
}
