import { SAMPLERS } from '../tracing/sampler';
import type { ConfigOf } from './define-config';
import { bool, durationMs, oneOf, optional, positiveInt, ratio, text, url } from './variables';

/** OpenTelemetry's own variables as far as they are heeded, and one of ours. The OTLP exporter reads its further ones itself. */
export function tracingConfig() {
  return { ...processConfig(), ...exporterConfig(), ...samplingConfig() };
}

/** The loaded form of `tracingConfig`. */
export type TracingConfig = ConfigOf<ReturnType<typeof tracingConfig>>;

function processConfig() {
  return {
    otelSdkDisabled: bool({ description: 'Whether no traces are recorded, whatever else is set.', default: false }),
    otelServiceName: optional(
      text({
        description: 'Name of the service in traces; default: its own.',
        example: 'order-service',
      }),
    ),
    otelResourceAttributes: optional(
      text({
        description: 'Further attributes of the process in traces, as key=value pairs separated by commas.',
        example: 'deployment.environment.name=staging',
      }),
    ),
  };
}

function exporterConfig() {
  return {
    otelTracesExporter: optional(
      oneOf(['otlp', 'zipkin', 'none'], {
        description:
          'Where traces are sent; default: otlp if an OTLP endpoint is set, zipkin if a Zipkin endpoint is set, else none.',
        example: 'otlp',
      }),
    ),
    otelExporterOtlpEndpoint: optional(
      url({
        description: 'Base URL of an OpenTelemetry collector; traces are posted to /v1/traces below it.',
        example: 'http://127.0.0.1:4318',
      }),
    ),
    otelExporterOtlpTracesEndpoint: optional(
      url({
        description: 'URL that traces are posted to, if it is not /v1/traces below OTEL_EXPORTER_OTLP_ENDPOINT.',
        example: 'http://127.0.0.1:4318/v1/traces',
      }),
    ),
    otelExporterOtlpProtocol: oneOf(['http/protobuf'], {
      description: 'Protocol of OTLP; only this one is supported.',
      default: 'http/protobuf',
    }),
    otelExporterOtlpHeaders: optional(
      text({
        description: 'Headers of requests to the collector, as key=value pairs separated by commas.',
        example: 'api-key=change-me',
        secret: true,
      }),
    ),
    otelExporterOtlpTimeout: durationMs({
      description: 'Time-out of one export, in milliseconds.',
      default: 10_000,
    }),
    otelExporterZipkinEndpoint: optional(
      url({
        description: 'URL of a Zipkin server that spans are posted to as JSON.',
        example: 'http://127.0.0.1:9411/api/v2/spans',
      }),
    ),
  };
}

function samplingConfig() {
  return {
    otelTracesSampler: oneOf(SAMPLERS, {
      description: 'Which traces are recorded; TRACES_PER_SECOND limits each of these.',
      default: 'parentbased_always_on',
    }),
    otelTracesSamplerArg: ratio({
      description: 'Share of the traces that a traceidratio sampler records, 0 to 1.',
      default: 1,
    }),
    tracesPerSecond: positiveInt({
      description:
        'Maximum number of traces per second that one process begins to record: of requests that change something, of those that only read, and of those whose caller asks for it.',
      default: 10,
      max: 10_000,
    }),
  };
}
