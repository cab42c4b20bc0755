import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CircuitBreakers } from './breaker/circuit-breakers';
import { Chance, SystemChance } from './chance';
import { Clock, SharedClock } from './clock';
import { ProblemsController } from './errors/problems.controller';
import { HealthController } from './health/health.controller';
import { HealthRegistry } from './health/health-registry';
import { ProvidedIndicators } from './health/provided-indicators';
import { Ids, UuidV7Ids } from './ids';
import { Lifecycle } from './lifecycle';
import { ServiceInfo } from './service-info';
import type { TracingConfig } from './config/tracing-config';
import { openTracing } from './tracing/open-tracing';
import { Tracing } from './tracing/tracing';

/**
 * What every service has, available everywhere without importing anything: `Clock`, `Ids`, `Chance`, `Lifecycle`,
 * `CircuitBreakers`, `ServiceInfo`, `Tracing`, and the routes `/`, `/health`, `/health/live`, `/health/ready`, `/problems`.
 * `bootstrapService` and `createService` add it; only tests that build a module by hand import it.
 */
@Global()
@Module({})
export class PlatformModule {
  /** @param config what the environment says of traces. */
  static forRoot(service: ServiceInfo, config: TracingConfig): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      controllers: [HealthController, ProblemsController],
      providers: [
        SharedClock,
        { provide: Clock, useExisting: SharedClock },
        { provide: Ids, useClass: UuidV7Ids },
        { provide: Chance, useClass: SystemChance },
        { provide: ServiceInfo, useValue: service },
        { provide: Tracing, useFactory: (clock: Clock) => openTracing(config, service, clock), inject: [Clock] },
        Lifecycle,
        HealthRegistry,
        ProvidedIndicators,
        CircuitBreakers,
      ],
      exports: [Clock, SharedClock, Ids, Chance, ServiceInfo, Lifecycle, CircuitBreakers, Tracing],
    };
  }
}
