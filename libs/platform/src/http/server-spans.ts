import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Stopwatch, Tracing } from '../tracing/tracing';
import { requestTrace } from './request-context';

/**
 * One span for each answered request of a sampled trace, `POST /orders`, as OpenTelemetry's HTTP conventions have it. Its route stands
 * for its path, which holds ids of users. To be installed behind the request context.
 */
export function installServerSpans(server: FastifyInstance, tracing: Tracing): void {
  if (!tracing.isOn) return;
  const begun = new WeakMap<IncomingMessage, Stopwatch>();
  server.addHook('onRequest', (request, _reply, done) => {
    if (tracing.records(requestTrace(request.raw).traceparent)) begun.set(request.raw, tracing.stopwatch());
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const stopwatch = begun.get(request.raw);
    if (stopwatch !== undefined) record(tracing, request, reply, stopwatch);
    done();
  });
}

function record(tracing: Tracing, request: FastifyRequest, reply: FastifyReply, stopwatch: Stopwatch): void {
  const { traceparent, parentSpanId } = requestTrace(request.raw);
  const { method } = request;
  const route = request.routeOptions.url;
  const status = reply.statusCode;
  tracing.record({
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    context: traceparent,
    parentSpanId,
    startedAt: stopwatch.startedAt,
    durationMs: stopwatch.durationMs,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'url.scheme': request.protocol,
      'network.protocol.version': request.raw.httpVersion,
    },
    error: status < 500 ? undefined : { type: String(status) },
  });
}
