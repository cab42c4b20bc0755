import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { HealthIndicator } from './health-indicator';
import { HealthRegistry } from './health-registry';

/** Registers every `HealthIndicator` that a module provides, so that an indicator is only its check. */
@Injectable()
export class ProvidedIndicators implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly registry: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const instances = this.discovery.getProviders().map(({ instance }): unknown => instance);
    // One that is provided under two names is one.
    for (const instance of new Set(instances)) {
      if (instance instanceof HealthIndicator) this.registry.register(instance);
    }
  }
}
