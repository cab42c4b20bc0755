import { around, Chance, Clock, Lifecycle, Outage, repeatedly, sleep } from '@app/platform';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { PaymentGateway } from '../gateway/payment-gateway';
import { HandlePaymentHint } from './handle-payment-hint';

/** For how long a gateway repeats a webhook that fails; what happened before that is taken as handled. */
const FIRST_LOOK_BACK_MS = 3 * 24 * 3_600_000;
/** Clocks differ, and an event is listed a moment after it happened. */
const OVERLAP_MS = 5 * 60_000;
const ANSWER_WITHIN_MS = 30_000;

/** How often the gateway is asked for its events. */
export class GatewayEventsOptions {
  constructor(readonly intervalMs: number) {}
}

/**
 * Asks the gateway now and then what others did to money there, because a webhook may have been lost. What
 * was handled before changes nothing, so all replicas may do it.
 */
@Injectable()
export class FetchGatewayEvents implements OnApplicationBootstrap {
  private readonly logger = new Logger(FetchGatewayEvents.name);
  private readonly stopping = new AbortController();
  private caughtUpTo: Date;

  constructor(
    private readonly options: GatewayEventsOptions,
    private readonly gateway: PaymentGateway,
    private readonly hints: HandlePaymentHint,
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
    }, 'events of the gateway');
  }

  /** Handles all there is by now. @returns how many events were listed. */
  async execute(): Promise<number> {
    const startedAt = this.clock.now();
    const since = new Date(this.caughtUpTo.getTime() - OVERLAP_MS);
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const events = await this.gateway.eventsSince(since, signal);
    for (const hint of events) await this.hints.execute(hint);
    this.caughtUpTo = startedAt;
    return events.length;
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
      outage: new Outage(this.logger, {
        failing: 'Gateway events could not be fetched; retrying later',
        working: 'Gateway events are fetched again',
      }),
      chance: this.chance,
    });
  }
}
