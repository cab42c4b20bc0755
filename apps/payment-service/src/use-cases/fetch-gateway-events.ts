import { around, Chance, Clock, Lifecycle, messageOf, repeatedly, sleep } from '@app/platform';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { PaymentGateway } from '../gateway/payment-gateway';
import { HearOfPayments } from './hear-of-payments';

/** For how long a gateway tries to tell its news; what was told before that is taken as heard. */
const FIRST_LOOK_BACK_MS = 3 * 24 * 3_600_000;
/** Clocks differ, and news is listed a moment after it happened. */
const OVERLAP_MS = 5 * 60_000;
const ANSWER_WITHIN_MS = 30_000;

/** How often the gateway is asked for its news. */
export class NewsOptions {
  constructor(readonly intervalMs: number) {}
}

/**
 * Asks the gateway now and then what others did to money there, because a piece of news that was told may have been lost. What
 * was heard before changes nothing, so all replicas may do it.
 */
@Injectable()
export class CatchUpOnNews implements OnApplicationBootstrap {
  private readonly logger = new Logger(CatchUpOnNews.name);
  private readonly stopping = new AbortController();
  private caughtUpTo: Date;

  constructor(
    private readonly options: NewsOptions,
    private readonly gateway: PaymentGateway,
    private readonly hear: HearOfPayments,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly lifecycle: Lifecycle,
  ) {
    this.caughtUpTo = new Date(clock.now().getTime() - FIRST_LOOK_BACK_MS);
  }

  onApplicationBootstrap(): void {
    const running = this.repeat();
    this.lifecycle.onDrain(async () => {
      this.stopping.abort();
      await running;
    }, 'news of the gateway');
  }

  /** Hears all there is by now. @returns how many pieces of news were listed. */
  async execute(): Promise<number> {
    const startedAt = this.clock.now();
    const since = new Date(this.caughtUpTo.getTime() - OVERLAP_MS);
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const news = await this.gateway.newsSince(since, signal);
    for (const hint of news) await this.hear.execute(hint);
    this.caughtUpTo = startedAt;
    return news.length;
  }

  private async repeat(): Promise<void> {
    const { intervalMs } = this.options;
    const { signal } = this.stopping;
    await sleep(around(intervalMs, this.chance), signal);
    const round = async (): Promise<void> => {
      await this.execute();
    };
    await repeatedly(round, {
      everyMs: intervalMs,
      stopping: signal,
      failed: (error) => this.logger.warn(`Gateway events could not be fetched; retrying later: ${messageOf(error)}`),
      chance: this.chance,
    });
  }
}
