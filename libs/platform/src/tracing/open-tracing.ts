import type { Clock } from '../clock';
import type { TracingConfig } from '../config/tracing-config';
import type { ServiceInfo } from '../service-info';
import { exportTargetOf } from './export-target';
import { TraceSampler } from './sampler';
import { Tracing } from './tracing';

/**
 * The traces of a service, as the environment says. Without an exporter nothing of OpenTelemetry is loaded, for which a process would
 * pay with memory and with time at its start.
 */
export async function openTracing(config: TracingConfig, service: ServiceInfo, clock: Clock): Promise<Tracing> {
  const target = exportTargetOf(config);
  if (target === undefined) return new Tracing(clock);
  const { SpanExports } = await import('./span-exports');
  const { otelTracesSampler: sampler, otelTracesSamplerArg: ratio, tracesPerSecond: perSecond } = config;
  return new Tracing(clock, new TraceSampler({ sampler, ratio, perSecond }), SpanExports.to(target, config, service));
}
