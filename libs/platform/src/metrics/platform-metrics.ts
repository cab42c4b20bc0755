import { Injectable } from '@nestjs/common';
import type { BreakerState } from '../breaker/circuit-breaker';
import { CircuitBreakers } from '../breaker/circuit-breakers';
import { HealthRegistry } from '../health/health-registry';
import { LineBuffer } from '../logging/line-buffer';
import { ServiceInfo } from '../service-info';
import { Metrics } from './metrics';

const BREAKER_STATES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

/** What `/metrics` shows of every service, whatever it does: from the same sources as `/health`. */
@Injectable()
export class PlatformMetrics {
  constructor(
    metrics: Metrics,
    private readonly health: HealthRegistry,
    private readonly breakers: CircuitBreakers,
    service: ServiceInfo,
  ) {
    metrics
      .gauge({ name: 'service_info', help: 'Which service this is; always 1', labels: ['service', 'version'] })
      .set({ service: service.name, version: service.version }, 1);
    this.showDependencies(metrics);
    this.showBreakers(metrics);
    showLog(metrics);
  }

  private showDependencies(metrics: Metrics): void {
    const up = metrics.gauge({
      name: 'dependency_up',
      help: 'Whether a dependency works, as /health shows it: 1 up or degraded, 0 down',
      labels: ['dependency'],
    });
    metrics.collect({
      name: 'dependencies',
      source: 'health',
      gauges: [up],
      read: () => this.health.check(),
      show: (checks) => {
        for (const { name, status } of checks) up.set({ dependency: name }, status === 'down' ? 0 : 1);
      },
    });
  }

  private showBreakers(metrics: Metrics): void {
    const state = metrics.gauge({
      name: 'circuit_breaker_state',
      help: 'State of a circuit breaker: 0 closed, 1 half-open, 2 open',
      labels: ['name'],
    });
    metrics.collect({
      name: 'circuit_breakers',
      source: 'process',
      gauges: [state],
      read: () => this.breakers.snapshot(),
      show: (all) => {
        for (const breaker of all) state.set({ name: breaker.name }, BREAKER_STATES[breaker.state]);
      },
    });
  }
}

function showLog(metrics: Metrics): void {
  const dropped = metrics.counter({
    name: 'log_lines_dropped_total',
    help: 'Lines about orders that were lost because nothing reads the output of the process any more',
  });
  LineBuffer.ofStdout().onDropped((lines) => dropped.inc({}, lines));
}
