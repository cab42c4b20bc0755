import { Injectable, Logger } from '@nestjs/common';
import { ConsumerHealth } from './consumer-health';
import { ConsumerLag } from './consumer-lag';
import { isKafkaSilent } from '../kafka/kafka-errors';
import { MessagingOptions } from '../messaging-options';

/** A consumer that has not got on for so long is replaced, before the process is. */
const REPLACE_AFTER_MS = 15_000;

/**
 * Watches a consumer that stands still while records wait. First it is replaced by another one; when that does not help, nobody
 * knows what is wrong, and the process is ended with exit code 1, so that its supervisor restarts it.
 */
@Injectable()
export class ConsumerWatchdog {
  private readonly logger = new Logger(ConsumerWatchdog.name);
  private replace: (why: string) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private checking = false;
  private replacedAt = -Infinity;
  private draining = false;

  constructor(
    private readonly options: MessagingOptions,
    private readonly consumerLag: ConsumerLag,
    private readonly health: ConsumerHealth,
  ) {}

  /** @param replace is called when the consumer should be replaced. */
  start(replace: (why: string) => void): void {
    this.replace = replace;
    this.timer ??= setInterval(() => void this.watch(), Math.min(5_000, this.options.stallTimeoutMs / 4)).unref();
  }

  /** From now on silence is not a sign of death. */
  stop(): void {
    this.draining = true;
    clearInterval(this.timer);
  }

  /**
   * Time counts as a stall only while Kafka answers, records wait, and there is a consumer that should read them. While none can be
   * had, or Kafka is away, a restart would meet the same; and when that ends the consumer needs a while to find its way back.
   */
  private async watch(): Promise<void> {
    if (this.draining || this.checking || this.health.standstillMs < this.replaceAfterMs()) return;
    if (this.health.state === 'crashed' || this.health.state === 'connecting') return this.health.excuse();
    this.checking = true;
    try {
      const lag = await this.consumerLag.records();
      if (lag === 0) this.health.excuse();
      else this.act(lag);
    } catch (error) {
      if (isKafkaSilent(error)) this.health.excuse();
      else this.logger.warn(`Consumer lag could not be determined: ${String(error)}`);
    } finally {
      this.checking = false;
    }
  }

  private act(lag: number): void {
    const { standstillMs: still, busySince, lastProgress, state } = this.health;
    // It may have got on while the records were counted.
    if (still < this.replaceAfterMs()) return;
    const why = `no progress for ${Math.round(still / 1_000)} s while ${lag} records wait`;
    if (still >= this.patience()) return this.die(why);
    // A batch in hand has its own time-outs, and a group that is finding itself would only begin anew.
    if (busySince !== undefined || state === 'rebalancing' || lastProgress <= this.replacedAt) return;
    this.replacedAt = lastProgress;
    this.replace(why);
  }

  private replaceAfterMs(): number {
    return Math.min(REPLACE_AFTER_MS, this.options.stallTimeoutMs / 4);
  }

  /** A group that is finding itself may wait for members that died, one after the other. Leaving it would prolong that. */
  private patience(): number {
    const { stallTimeoutMs } = this.options;
    return this.health.state === 'rebalancing' ? stallTimeoutMs * 3 : stallTimeoutMs;
  }

  private die(why: string): void {
    if (this.draining) return;
    this.stop();
    const { busySince } = this.health;
    this.logger.fatal(`Exiting for a restart: ${why}`, { busy_since: busySince });
    // The log line first; nothing here can be drained, a batch that was in hand is delivered again.
    setTimeout(() => process.exit(1), 100);
  }
}
