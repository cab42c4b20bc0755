import { Injectable, type OnModuleInit } from '@nestjs/common';
import { breakerDetails } from '../breaker/breaker.health-indicator';
import { HealthIndicator, type HealthResult } from '../health/health-indicator';
import { HealthRegistry } from '../health/health-registry';
import { RedisStore } from './redis.store';

/** `PING`; not required, because Redis is a cache only: without it the service is degraded. */
@Injectable()
export class RedisHealthIndicator extends HealthIndicator implements OnModuleInit {
  readonly name = 'redis';
  readonly required = false;

  constructor(
    private readonly store: RedisStore,
    private readonly registry: HealthRegistry,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.register(this);
  }

  async check(): Promise<HealthResult> {
    const status = (await this.store.ping()) === undefined ? 'down' : 'up';
    return { status, ...breakerDetails(this.store.breaker) };
  }
}
