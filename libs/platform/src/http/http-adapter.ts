import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { errorToProblem, statusToProblem } from '../errors/error-to-problem';
import { PROBLEM_JSON, problemDetails } from '../errors/problem-details';
import { UuidV7Ids } from '../ids';
import { pathOf, requestLogContext } from './request-context';

/** Largest body of a request, in bytes. */
export const BODY_LIMIT = 100 * 1024;

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
// A silent connection is cut, also one that waits for its answer: longer than any request may ask to wait (30 s).
const SOCKET_TIMEOUT_MS = 45_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/**
 * Fastify as every service runs it: bodies of at most 100 KiB, a request must have arrived completely after 15 s
 * (its headers after 10 s), forwarded addresses are not believed. While the server closes, requests on open
 * connections are still answered, with `Connection: close`.
 */
export function httpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SOCKET_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Node would refuse it with a response of its own; see `refuseWhatNodeAnswers`.
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 2_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 255 },
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => refuseUnparsable(error, socket),
  });
}

/** The router refuses a path (malformed, or with an endless part) before any hook or filter runs. */
function refuseUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { correlationId = '' } = requestLogContext(request.raw);
  const body = problemDetails(errorToProblem(error), pathOf(request.raw), correlationId);
  void reply
    .code(body.status)
    .header('x-correlation-id', correlationId)
    .header('content-type', PROBLEM_JSON)
    .send(JSON.stringify(body));
}

/** What is not even HTTP, or too slow, or has huge headers, never becomes a request: the answer is written by hand. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const correlationId = new UuidV7Ids().next();
  const problem = problemDetails(statusToProblem(status), '/', correlationId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${problem.title}`,
    'connection: close',
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${correlationId}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
