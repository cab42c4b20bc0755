import type { TracingConfig } from '../config/tracing-config';

/** Which protocol, and where to; an OTLP exporter finds its address in its own variables. */
export interface ExportTarget {
  readonly protocol: 'otlp' | 'zipkin';
  readonly zipkinUrl: string;
}

const ZIPKIN = 'http://localhost:9411/api/v2/spans';

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
