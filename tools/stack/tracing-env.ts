import { loopback } from './ports.ts';

/** How a service is told to send its traces there. */
export function tracingEnv(port: number): Record<string, string> {
  return {
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://${loopback}:${String(port)}/api/v2/spans`,
  };
}
