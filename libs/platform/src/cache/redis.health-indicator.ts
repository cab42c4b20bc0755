import { Injectable } from '@nestjs/common';
import { breakerDetails } from '../breaker/breaker.health-indicator';
import { HealthIndicator, type HealthResult } from '../health/health-indicator';
import { RedisStore } from './redis.store';

const NO_CACHE =
  'it does not answer: check that it is running, and its address; meanwhile everything is read from PostgreSQL';

/** `PING`; not required, because Redis is a cache only: without it the service is degraded. */
@Injectable()
export class RedisHealthIndicator extends HealthIndicator {
  readonly name = 'redis';
  readonly required = false;

  constructor(private readonly store: RedisStore) {
    super();
  }

  async check(): Promise<HealthResult> {
    const { details } = breakerDetails(this.store.breaker);
    if ((await this.store.ping()) !== undefined) return { status: 'up', details };
    return { status: 'down', details: { reason: NO_CACHE, ...details } };
  }
}
