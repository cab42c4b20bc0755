import type { NotificationChannel } from '@app/events';
import type { CircuitBreaker, CircuitBreakers } from '@app/platform';
import { DeliveryDeferred, DeliveryRejected, DeliveryUnanswered, RecipientBusy } from './delivery-errors';

/** Single failures happen: a connection that broke, a server that restarts. */
const FAILURES_OF_AN_OUTAGE = 5;

/** One recipient after the other may be refused, or be slow, while the provider is well. */
const NO_FAILURES = [DeliveryDeferred, DeliveryRejected, DeliveryUnanswered, RecipientBusy];

/** How long the providers have, in milliseconds, and how many messages they are given at a time. */
export interface ProviderLimits {
  readonly timeoutMs: number;
  readonly maxConcurrent: number;
  /** Between two probes of a provider that is out. */
  readonly probeIntervalMs: number;
}

/**
 * A circuit breaker for each provider. During an outage messages stay where they are, except for a probe now and then:
 * trying thousands of them in vain would only keep the database busy.
 */
export class ProviderBreakers {
  private readonly breakers: Readonly<Record<NotificationChannel, CircuitBreaker>>;

  constructor(breakers: CircuitBreakers, { timeoutMs, maxConcurrent, probeIntervalMs }: ProviderLimits) {
    const make = (name: string): CircuitBreaker =>
      breakers.create({
        name,
        timeoutMs,
        maxConcurrent,
        failuresInARow: FAILURES_OF_AN_OUTAGE,
        isFailure: (error) => !NO_FAILURES.some((type) => error instanceof type),
        resetMs: probeIntervalMs,
      });
    this.breakers = { email: make('smtp'), sms: make('sms') };
  }

  of(channel: NotificationChannel): CircuitBreaker {
    return this.breakers[channel];
  }

  isOut(channel: NotificationChannel): boolean {
    return this.of(channel).state !== 'closed';
  }
}
