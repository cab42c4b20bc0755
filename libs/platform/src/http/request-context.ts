import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { UuidV7Ids } from '../ids';
import { runWithLogContext, type LogContext } from '../logging/log-context';
import { type EnteredTrace, type TraceHeaders, Tracing } from '../tracing/tracing';

/** What is known of a request from its head on. */
interface KnownRequest {
  readonly context: LogContext;
  readonly trace: EnteredTrace;
}

const known = new WeakMap<IncomingMessage, KnownRequest>();
const ids = new UuidV7Ids();
/** A UUID, or a trace id of W3C Trace Context. */
const CORRELATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/i;
/** Methods that change nothing. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What operators and machines ask all the time. It is recorded only if the caller asks for that. */
const OBSERVING = /^\/(?:health|metrics|docs|problems)?(?:[/?-]|$)/;

/**
 * The log context of a request: its correlation id (header `x-correlation-id` when that is a UUID or 32 hexadecimal digits, else a
 * new UUID v7: it is copied into tables, events and logs, so it must not be a place for anything else), a request id of its own and
 * its place in a trace. The same object on each call.
 */
export function requestLogContext(request: IncomingMessage): LogContext {
  return knownRequest(request, Tracing.off).context;
}

/** Where the trace of a request entered this service. */
export function requestTrace(request: IncomingMessage): EnteredTrace {
  return knownRequest(request, Tracing.off).trace;
}

/** The path of a request without its query, which may hold what nobody else should see. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function knownRequest(request: IncomingMessage, tracing: Tracing): KnownRequest {
  const before = known.get(request);
  if (before !== undefined) return before;
  const now = knowRequest(request, tracing);
  known.set(request, now);
  return now;
}

function knowRequest({ headers, method = 'GET', url = '/' }: IncomingMessage, tracing: Tracing): KnownRequest {
  const given = headers['x-correlation-id'];
  const sane = typeof given === 'string' && CORRELATION_ID.test(given);
  const purpose = OBSERVING.test(url) ? 'observe' : READING.has(method) ? 'read' : 'change';
  const trace = tracing.enter(headers as TraceHeaders, purpose);
  const { traceparent, tracestate } = trace;
  const names = { correlationId: sane ? given : ids.next(), requestId: ids.next() };
  return { context: { ...names, traceparent, ...(tracestate !== undefined && { tracestate }) }, trace };
}

/**
 * Runs every request of the server inside its log context and echoes the correlation id. The context is entered
 * a second time after the body has been read: the events of the socket do not belong to the request.
 */
export function installRequestContext(server: FastifyInstance, tracing: Tracing): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { context } = knownRequest(request.raw, tracing);
    void reply.header('x-correlation-id', context.correlationId);
    runWithLogContext(context, done);
  });
  server.addHook('preValidation', (request, _reply, done) => {
    runWithLogContext(requestLogContext(request.raw), done);
  });
}
