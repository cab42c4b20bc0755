import { defineConfig } from '../config/define-config';
import { tracingConfig } from '../config/tracing-config';
import { exportTargetOf } from './export-target';

const load = defineConfig(tracingConfig());
const protocolOf = (env: Record<string, string>) => exportTargetOf(load(env))?.protocol;

describe('where spans are sent', () => {
  it.each([
    ['nowhere, unless an exporter is named', {}, undefined],
    ['by OTLP, when it has an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, 'otlp'],
    [
      'by OTLP, when traces have one',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' },
      'otlp',
    ],
    ['to Zipkin, when it has one', { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://127.0.0.1:9411/api/v2/spans' }, 'zipkin'],
    ['by OTLP, when it is named', { OTEL_TRACES_EXPORTER: 'otlp' }, 'otlp'],
    ['to Zipkin, when it is named', { OTEL_TRACES_EXPORTER: 'zipkin' }, 'zipkin'],
    [
      'nowhere, when that is said',
      { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
      undefined,
    ],
    ['nowhere, when the SDK is disabled', { OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' }, undefined],
    ['nowhere, when the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  ])('%s', (_, env, expected) => {
    expect(protocolOf(env)).toBe(expected);
  });

  it.each([
    ['OTEL_TRACES_EXPORTER', 'jaeger', 'otlp, zipkin, none'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'parentbased_always_on, parentbased_always_off'],
    ['OTEL_TRACES_SAMPLER_ARG', '20%', 'a number between 0 and 1'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/protobuf'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318', 'a URL starting with http:// or https://'],
    ['TRACES_PER_SECOND', '0', 'whole number'],
  ])('refuses %s=%s, and says what is expected', (name, value, expected) => {
    expect(() => load({ [name]: value })).toThrow(name);
    expect(() => load({ [name]: value })).toThrow(expected);
  });

  it('never shows the headers for the collector', () => {
    expect(load.spec.otelExporterOtlpHeaders.secret).toBe(true);
  });
});
