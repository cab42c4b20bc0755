import { backoff, Outage, sleep } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { MessagingOptions } from '../messaging-options';
import { OutboxReader } from './outbox-reader';
import { OutboxSignal } from '../unit-of-work/outbox-signal';
import { RelayProducer } from './relay-producer';
import { RelaySession } from './relay-session';
import { TopicCreator } from '../kafka/topic-creator';
import { WakeUps } from './wake-ups';

/** How often a standby asks whether the active relay is gone. */
const STANDBY_INTERVAL_MS = 1_000;
const MAX_BACKOFF_MS = 2_000;

/**
 * Publishes the outbox. Of all replicas of a service one is active: the one that holds the advisory lock. It sends rows
 * in `position` order, one batch at a time, and deletes them only after Kafka has acknowledged them, so a crash can
 * double a record (the consumers' inbox drops it) but never lose one or swap two of the same order.
 */
@Injectable()
export class OutboxRelay {
  private readonly outage = new Outage(new Logger(OutboxRelay.name), {
    failing: 'Publishing interrupted; retrying',
    working: 'Publishing again',
  });
  private readonly stopping = new AbortController();
  private readonly wakeUps = new WakeUps();
  private running: Promise<void> | undefined;
  private session: RelaySession | undefined;
  private failures = 0;

  constructor(
    private readonly options: MessagingOptions,
    private readonly signal: OutboxSignal,
    private readonly producer: RelayProducer,
    private readonly topics: TopicCreator,
  ) {}

  /** Begins to publish in the background; returns at once, whatever state PostgreSQL and Kafka are in. */
  start(): void {
    this.running ??= this.run();
  }

  /** Publishes what is there, for at most `timeoutMs`, then gives the lock to another replica and closes. */
  async stop(timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    this.stopping.abort();
    this.wakeUps.wake();
    await Promise.race([this.running, new Promise((resolve) => deadline.addEventListener('abort', resolve))]);
    this.session?.giveUp();
    await this.producer.disconnect();
  }

  private async run(): Promise<void> {
    for (;;) {
      const reader = new OutboxReader(this.options);
      try {
        await reader.connect(() => this.wakeUps.wake());
        if (await reader.becomeActive()) await this.beActive(reader);
        if (this.stopping.signal.aborted) return;
        await sleep(STANDBY_INTERVAL_MS, this.stopping.signal);
      } catch (error) {
        this.failures += 1;
        if (this.stopping.signal.aborted) return;
        this.outage.failed(error);
        await sleep(backoff(this.failures, 100, MAX_BACKOFF_MS), this.stopping.signal);
      } finally {
        this.signal.relayIsElsewhere();
        await reader.close();
      }
    }
  }

  private async beActive(reader: OutboxReader): Promise<void> {
    const { options, wakeUps } = this;
    this.signal.relayIsHere(() => wakeUps.wake());
    this.session = new RelaySession(reader, this.producer, {
      linger: options.linger,
      wakeUps,
      stopping: this.stopping.signal,
      outage: this.outage,
      // Its own dead-letter topic it makes anyway, and in another way.
      createTopic: (topic) => this.topics.create(topic === options.deadLetterTopic ? [] : [topic]),
    });
    try {
      await this.session.publishUntilStopped();
    } finally {
      if (this.session.hasPublished) this.failures = 0;
    }
  }
}
