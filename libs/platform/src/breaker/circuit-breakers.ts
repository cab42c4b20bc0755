import { Injectable } from '@nestjs/common';
import { CircuitBreaker, type BreakerOptions, type BreakerSnapshot } from './circuit-breaker';

/** All circuit breakers of the process, to show or export them. */
@Injectable()
export class CircuitBreakers {
  private readonly breakers = new Map<string, CircuitBreaker>();

  /** Makes a breaker. @throws Error when there is one of that name: two would each see half of the failures. */
  create(options: BreakerOptions): CircuitBreaker {
    if (this.breakers.has(options.name)) throw new Error(`circuit breaker ${options.name} is made twice`);
    const breaker = new CircuitBreaker(options);
    this.breakers.set(options.name, breaker);
    return breaker;
  }

  /** State and counters of each, in the order of their making. Costs next to nothing: may be read at every scrape. */
  snapshot(): BreakerSnapshot[] {
    return [...this.breakers.values()].map((breaker) => breaker.snapshot());
  }
}
