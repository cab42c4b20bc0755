import { HealthIndicator, type HealthResult } from '../health/health-indicator';
import type { BreakerSnapshot, CircuitBreaker } from './circuit-breaker';

/**
 * A dependency that is not asked how it is, but judged by the calls that are made anyway: `up` while its breaker is closed.
 * Not required: work for it waits. After an outage it stays `down` until the next call tells: nothing is called for the
 * sake of this page.
 */
export class BreakerHealthIndicator extends HealthIndicator {
  readonly name: string;
  readonly required = false;

  constructor(private readonly breaker: CircuitBreaker) {
    super();
    this.name = breaker.snapshot().name;
  }

  check(): Promise<HealthResult> {
    return Promise.resolve({
      status: this.breaker.state === 'closed' ? 'up' : 'down',
      ...breakerDetails(this.breaker),
    });
  }
}

/** What `/health` shows of a breaker. */
export function breakerDetails(breaker: CircuitBreaker): { readonly details: { readonly breaker: object } } {
  const { name: _, ...shown }: BreakerSnapshot = breaker.snapshot();
  return { details: { breaker: shown } };
}
