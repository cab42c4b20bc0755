import { CacheModule } from '@nestjs/cache-manager';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { KeyvAdapter } from 'cache-manager';
import { CircuitBreakers } from '../breaker/circuit-breakers';
import type { CommonConfig } from '../config/common-config';
import { Metrics } from '../metrics/metrics';
import { ServiceInfo } from '../service-info';
import { ReadThroughCache } from './read-through.cache';
import { RedisHealthIndicator } from './redis.health-indicator';
import { REDIS_BREAKER, RedisStore } from './redis.store';

/** Makes the Redis of one service injectable for `CacheModule` and for the cache itself. */
@Global()
@Module({})
class RedisStoreModule {}

/**
 * Provides `ReadThroughCache` everywhere, cache-manager's `Cache` on the same store, and a health indicator `redis`
 * (not required). Starting never waits for Redis. Nest disconnects it in `onModuleDestroy`; what uses the cache
 * afterwards finds it empty.
 */
@Global()
@Module({})
export class PlatformCacheModule {
  static forRoot(config: Pick<CommonConfig, 'redisUrl'>): DynamicModule {
    return {
      module: PlatformCacheModule,
      imports: [
        redisStoreModule(config.redisUrl),
        CacheModule.registerAsync({
          isGlobal: true,
          useFactory: (store: RedisStore) => ({ stores: [new KeyvAdapter(store)] }),
          inject: [RedisStore],
        }),
      ],
      providers: [RedisHealthIndicator, ReadThroughCache],
      exports: [ReadThroughCache],
    };
  }
}

function redisStoreModule(url: string): DynamicModule {
  return {
    module: RedisStoreModule,
    providers: [
      {
        provide: RedisStore,
        useFactory: ({ name }: ServiceInfo, breakers: CircuitBreakers, metrics: Metrics) =>
          new RedisStore({ url, prefix: name }, breakers.create(REDIS_BREAKER), metrics),
        inject: [ServiceInfo, CircuitBreakers, Metrics],
      },
    ],
    exports: [RedisStore],
  };
}
