import { messageOf } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { ConsumerHealth } from './consumer-health';
import { TopicCreator } from '../kafka/topic-creator';

/** Topics are looked at so often, and sooner when the consumer's fetches do not come back. */
const LOOK_INTERVAL_MS = 20_000;
const TICK_MS = 2_000;
const SUSPICIOUS_MS = 3_000;

/**
 * Makes the topics of a service again that disappear while it runs: deleted by mistake, or lost with Kafka's disk. Nothing else
 * would: a consumer and a relay that lack a topic only try again, forever.
 */
@Injectable()
export class TopicKeeper {
  private readonly logger = new Logger(TopicKeeper.name);
  private consumed: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private lastLook = 0;
  private everCreated = false;

  constructor(
    private readonly creator: TopicCreator,
    private readonly health: ConsumerHealth,
  ) {}

  /** Looks after the topics this service writes and the given ones it reads, until {@link stop}. */
  start(consumed: readonly string[]): void {
    this.consumed = consumed;
    this.timer ??= setInterval(() => void this.look(), TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Makes those that do not exist, now. @throws when Kafka cannot be reached. */
  async create(): Promise<void> {
    const created = await this.creator.create(this.consumed);
    this.lastLook = performance.now();
    if (this.everCreated && created.length > 0) {
      this.logger.error(`Topics were missing and have been recreated; their records are lost: ${created.join(', ')}`);
    }
    this.everCreated = true;
  }

  private async look(): Promise<void> {
    if (this.looking || !this.everCreated) return;
    const isSuspicious = this.health.busySince === undefined && this.health.sinceFetchMs > SUSPICIOUS_MS;
    if (performance.now() - this.lastLook < (isSuspicious ? SUSPICIOUS_MS : LOOK_INTERVAL_MS)) return;
    this.looking = true;
    try {
      await this.create();
    } catch (error) {
      this.lastLook = performance.now();
      this.logger.debug(`Topic check failed: ${messageOf(error)}`);
    } finally {
      this.looking = false;
    }
  }
}
