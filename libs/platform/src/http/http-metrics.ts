import type { FastifyInstance } from 'fastify';
import { METRICS_PATH } from '../metrics/serve-metrics';
import type { Metrics } from '../metrics/metrics';

/** From a look into the cache to a request that asks to wait for its order, in seconds. */
const BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Instead of a path that no route has: it is the client's, and there are endlessly many. */
export const NO_ROUTE = '(none)';

/** The methods of RFC 9110 and PATCH; another one is `_OTHER`, as in the semantic conventions of OpenTelemetry. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** Measures every answered request by method, route (the pattern, never the path) and status. Scrapes are not counted. */
export function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  if (!metrics.isOn) return;
  const duration = metrics.histogram(
    {
      name: 'http_server_request_duration_seconds',
      help: 'From the arrival of a request to the end of its response',
      labels: ['http_request_method', 'http_route', 'http_response_status_code'],
    },
    BUCKETS,
  );
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? NO_ROUTE;
    if (route !== METRICS_PATH) {
      const labels = {
        http_request_method: METHODS.has(request.method) ? request.method : '_OTHER',
        http_route: route,
        http_response_status_code: String(reply.statusCode),
      };
      duration.observe(labels, reply.elapsedTime / 1_000);
    }
    done();
  });
}
