import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { AuthConfig } from './auth/auth-config';
import { AuthModule } from './auth/auth.module';
import { CircuitBreakers } from './breaker/circuit-breakers';
import { Chance, SystemChance } from './chance';
import { Clock, SharedClock } from './clock';
import { ProblemsController } from './errors/problems.controller';
import { HealthController } from './health/health.controller';
import { HealthRegistry } from './health/health-registry';
import { ProvidedIndicators } from './health/provided-indicators';
import { Ids, UuidV7Ids } from './ids';
import { Lifecycle } from './lifecycle';
import { Metrics } from './metrics/metrics';
import { PlatformMetrics } from './metrics/platform-metrics';
import { ServiceInfo } from './service-info';
import type { TracingConfig } from './config/tracing-config';
import { openTracing } from './tracing/open-tracing';
import { Tracing } from './tracing/tracing';

/**
 * What every service has, available everywhere without importing anything: `Clock`, `Ids`, `Chance`, `Lifecycle`,
 * `CircuitBreakers`, `Metrics`, `ServiceInfo`, `Tracing`, and the routes `/`, `/health`, `/health/live`, `/health/ready`, `/problems`.
 * `bootstrapService` and `createService` add it; only tests that build a module by hand import it.
 */
@Global()
@Module({})
export class PlatformModule {
  /** @param config what the environment says of callers and traces. */
  static forRoot(service: ServiceInfo, config: AuthConfig & TracingConfig, metrics = new Metrics()): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule, AuthModule.forRoot(config)],
      controllers: [HealthController, ProblemsController],
      providers: [
        SharedClock,
        { provide: Clock, useExisting: SharedClock },
        { provide: Ids, useClass: UuidV7Ids },
        { provide: Chance, useClass: SystemChance },
        { provide: ServiceInfo, useValue: service },
        { provide: Metrics, useValue: metrics },
        { provide: Tracing, useFactory: (clock: Clock) => openTracing(config, service, clock), inject: [Clock] },
        Lifecycle,
        HealthRegistry,
        ProvidedIndicators,
        CircuitBreakers,
        PlatformMetrics,
      ],
      exports: [Clock, SharedClock, Ids, Chance, ServiceInfo, Lifecycle, CircuitBreakers, Metrics, Tracing],
    };
  }
}
