import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { UuidV7Ids } from '../ids';
import { runWithLogContext, type LogContext } from '../logging/log-context';

const contexts = new WeakMap<IncomingMessage, LogContext>();
const ids = new UuidV7Ids();
/** A UUID, or a trace id of W3C Trace Context. */
const CORRELATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/i;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The log context of a request: its correlation id (header `x-correlation-id` when that is a UUID or 32 hexadecimal digits, else a
 * new UUID v7: it is copied into tables, events and logs, so it must not be a place for anything else), a request id of its own and a valid `traceparent`. The same object on each call.
 */
export function requestLogContext(request: IncomingMessage): LogContext {
  const known = contexts.get(request);
  if (known !== undefined) return known;
  const context = contextOf(request.headers);
  contexts.set(request, context);
  return context;
}

/** The path of a request without its query, which may hold what nobody else should see. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function contextOf(headers: IncomingMessage['headers']): LogContext {
  const given = headers['x-correlation-id'];
  const sane = typeof given === 'string' && CORRELATION_ID.test(given);
  const trace = headers['traceparent'];
  return {
    correlationId: sane ? given : ids.next(),
    requestId: ids.next(),
    ...(typeof trace === 'string' && TRACEPARENT.test(trace) ? { traceparent: trace } : {}),
  };
}

/**
 * Runs every request of the server inside its log context and echoes the correlation id. The context is entered
 * a second time after the body has been read: the events of the socket do not belong to the request.
 */
export function installRequestContext(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const context = requestLogContext(request.raw);
    void reply.header('x-correlation-id', context.correlationId);
    runWithLogContext(context, done);
  });
  server.addHook('preValidation', (request, _reply, done) => {
    runWithLogContext(requestLogContext(request.raw), done);
  });
}
