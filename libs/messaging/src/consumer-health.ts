import { Clock } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { Consumer } from 'kafkajs';
import { isDatabaseUnavailable } from '@app/platform';
import { DatabaseLocked } from './locked-rows';
import { KafkaFactory } from './kafka-factory';
import { MessagingOptions } from './messaging-options';

/** What the health page says of the consumer. */
export type ConsumerState = 'connecting' | 'consuming' | 'rebalancing' | 'paused' | 'crashed';

/**
 * Watches the consumer. kafkajs can give a consumer up while the process goes on and looks healthy, and a consumer can stand
 * still with work waiting; both end the process with exit code 1, so that whoever supervises it starts it afresh.
 */
@Injectable()
export class ConsumerHealth {
  private readonly logger = new Logger(ConsumerHealth.name);
  private current: ConsumerState = 'connecting';
  private lastProgress: number;
  private topics: readonly string[] = [];
  private busy: { readonly busySince: number | undefined } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private checking = false;
  private draining = false;

  constructor(
    private readonly options: MessagingOptions,
    private readonly kafka: KafkaFactory,
    private readonly clock: Clock,
  ) {
    this.lastProgress = clock.now().getTime();
  }

  get state(): ConsumerState {
    return this.current;
  }

  /** Follows the life of a consumer of these topics; `work` tells whether it is busy with a batch. */
  observe(consumer: Consumer, topics: readonly string[], work: { readonly busySince: number | undefined }): void {
    this.topics = topics;
    this.busy = work;
    const { GROUP_JOIN, REBALANCING, CRASH, FETCH } = consumer.events;
    consumer.on(GROUP_JOIN, () => this.enter('consuming'));
    consumer.on(REBALANCING, () => this.enter('rebalancing'));
    consumer.on(FETCH, () => {
      // Fetchers have stopped before a re-join begins. When that fails because the broker is gone, kafkajs fetches on as the
      // member it was, and says nothing of it.
      if (this.current === 'rebalancing') this.enter('consuming');
      if (this.current === 'consuming') this.lastProgress = this.clock.now().getTime();
    });
    consumer.on(CRASH, ({ payload }) => {
      this.enter('crashed');
      this.logger.warn(`consumer crashed: ${payload.error.message}`, { restart: payload.restart });
      if (!payload.restart) this.die(`kafkajs has given the consumer up: ${payload.error.message}`);
    });
    this.timer ??= setInterval(() => void this.watch(), Math.min(5_000, this.options.stallTimeoutMs / 4)).unref();
  }

  /** A batch has been committed. */
  progressed(): void {
    this.lastProgress = this.clock.now().getTime();
    if (this.current === 'paused') this.enter('consuming');
  }

  /** Consumption waits. For a database that is down it does so as long as it takes; for anything else it may not for ever. */
  interrupted(error: unknown): void {
    this.enter('paused');
    if (isDatabaseUnavailable(error) || error instanceof DatabaseLocked) this.lastProgress = this.clock.now().getTime();
    else this.logger.error('consumption interrupted', { err: error });
  }

  /** From now on silence is not a sign of death. */
  stopWatching(): void {
    this.draining = true;
    clearInterval(this.timer);
  }

  private enter(state: ConsumerState): void {
    if (this.current !== state) this.logger.debug(`consumer: ${this.current} → ${state}`);
    this.current = state;
  }

  /**
   * Time counts as a stall only while Kafka answers and records wait. An outage of Kafka, however long, sets the clock back:
   * a restart would not end it, and when it ends the consumer needs a while to find its way back.
   */
  private async watch(): Promise<void> {
    const silent = (): number => this.clock.now().getTime() - this.lastProgress;
    if (this.draining || this.checking || silent() < this.options.stallTimeoutMs / 4) return;
    this.checking = true;
    try {
      const lag = await this.lag();
      if (lag === 0) this.lastProgress = this.clock.now().getTime();
      else if (silent() >= this.patience()) {
        this.die(`no progress for ${Math.round(silent() / 1_000)} s while ${lag} records wait`);
      }
    } catch {
      this.lastProgress = this.clock.now().getTime();
    } finally {
      this.checking = false;
    }
  }

  /** A group that is finding itself may wait for members that died, one after the other. Leaving it would prolong that. */
  private patience(): number {
    const { stallTimeoutMs } = this.options;
    return this.current === 'rebalancing' || this.current === 'crashed' ? stallTimeoutMs * 3 : stallTimeoutMs;
  }

  private async lag(): Promise<number> {
    const admin = this.kafka.create('watchdog').admin({ retry: { retries: 1 } });
    await admin.connect();
    try {
      let lag = 0;
      // By name: asked for all topics, Kafka leaves out those of which nothing was ever committed.
      const committed = await admin.fetchOffsets({ groupId: this.options.service, topics: [...this.topics] });
      for (const { topic, partitions } of committed) {
        const ends = await admin.fetchTopicOffsets(topic);
        for (const { partition, offset } of partitions) {
          const end = ends.find((candidate) => candidate.partition === partition);
          lag += Math.max(0, Number(end?.high ?? 0) - Math.max(Number(offset), Number(end?.low ?? 0)));
        }
      }
      return lag;
    } finally {
      await admin.disconnect();
    }
  }

  private die(why: string): void {
    if (this.draining) return;
    this.stopWatching();
    this.logger.fatal(`${why}; ending the process so that it is started afresh`, { busy_since: this.busy?.busySince });
    // The log line first; nothing here can be drained, a batch that was in hand is delivered again.
    setTimeout(() => process.exit(1), 100);
  }
}
