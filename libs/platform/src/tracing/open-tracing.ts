import type { Clock } from '../clock';
import type { TracingConfig } from '../config/tracing-config';
import type { ServiceInfo } from '../service-info';
import { TraceSampler } from './sampler';
import { Tracing } from './tracing';

/** Which protocol, and where to; undefined of what the exporter finds in its own variables. */
export interface ExportTarget {
  readonly protocol: 'otlp' | 'zipkin';
  readonly zipkinUrl: string;
}

const ZIPKIN = 'http://localhost:9411/api/v2/spans';

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

/** Undefined when nothing is to be exported. */
export function exportTargetOf(config: TracingConfig): ExportTarget | undefined {
  const { otelSdkDisabled, otelTracesExporter, otelExporterZipkinEndpoint: zipkinUrl = ZIPKIN } = config;
  if (otelSdkDisabled || otelTracesExporter === 'none') return undefined;
  const protocol = otelTracesExporter ?? impliedProtocol(config);
  return protocol === undefined ? undefined : { protocol, zipkinUrl };
}

function impliedProtocol(config: TracingConfig): ExportTarget['protocol'] | undefined {
  const { otelExporterOtlpEndpoint, otelExporterOtlpTracesEndpoint, otelExporterZipkinEndpoint } = config;
  if (otelExporterOtlpEndpoint !== undefined || otelExporterOtlpTracesEndpoint !== undefined) return 'otlp';
  return otelExporterZipkinEndpoint === undefined ? undefined : 'zipkin';
}
