import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { invalidRequest } from './validation.pipe';
import { statusToProblem } from '../errors/error-to-problem';
import { PROBLEM_JSON, problemDetails } from '../errors/problem-details';
import { pathOf, requestLogContext } from './request-context';

/**
 * Node answers some requests by itself, with an empty body or none at all, and Fastify never hears of them: they get
 * problem details too. `CONNECT` (we are no proxy) → 405, an `Expect` other than 100-continue → 417. A request of
 * HTTP/1.1 without `Host`, or with several (RFC 9112), → 400; the server must have been created with `requireHostHeader: false`.
 * A query that is not percent-encoded UTF-8 → 400: it would be taken literally, or with replacement characters in it.
 */
export function refuseWhatNodeAnswers(server: FastifyInstance): void {
  const node = server.server;
  node.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    socket.end(refusalOf(request, 405));
  });
  node.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const { body, correlationId } = problemOf(request, 417);
    response.writeHead(417, {
      connection: 'close',
      'content-type': PROBLEM_JSON,
      'content-length': Buffer.byteLength(body),
      'x-correlation-id': correlationId,
    });
    response.end(body);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const { httpVersion, rawHeaders, url = '' } = request.raw;
    const hosts = countOf('host', rawHeaders);
    if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
      const detail = hosts === 0 ? 'Host is missing' : 'Host is there more than once';
      done(invalidRequest([{ pointer: '#/header/Host', detail, code: 'isHost' }]));
    } else if (!isEncodedUtf8(url)) {
      done(
        invalidRequest([{ pointer: '#/query', detail: 'the query is not UTF-8 in percent-encoding', code: 'isUtf8' }]),
      );
    } else done();
  });
}

function problemOf(request: IncomingMessage, status: number): { title: string; body: string; correlationId: string } {
  const { correlationId = '' } = requestLogContext(request);
  const problem = problemDetails(statusToProblem(status), pathOf(request), correlationId);
  return { title: problem.title, body: JSON.stringify(problem), correlationId };
}

function refusalOf(request: IncomingMessage, status: number): string {
  const { title, body, correlationId } = problemOf(request, status);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'connection: close',
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${correlationId}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Names and values take turns; of equal ones Node's `headers` has only the first. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

function isEncodedUtf8(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
