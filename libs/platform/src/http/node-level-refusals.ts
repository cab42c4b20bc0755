import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { invalidRequest } from './validation.pipe';
import { statusToProblem } from '../errors/error-to-problem';
import { PROBLEM_JSON, problemDetails } from '../errors/problem-details';
import { pathOf, requestLogContext } from './request-context';

/** Headers a request may have; browsers and proxies send thirty. */
export const MOST_HEADERS = 100;

/** Node takes the first of several of these, or joins them; a proxy in front may have taken another one. */
const ONCE: Readonly<Record<string, string>> = {
  host: 'Host',
  'content-type': 'Content-Type',
  authorization: 'Authorization',
  'idempotency-key': 'Idempotency-Key',
  'x-correlation-id': 'X-Correlation-Id',
};

/**
 * Node answers some requests by itself, with an empty body or none at all, and Fastify never hears of them: they get
 * problem details too. `CONNECT` (we are no proxy) → 405, an `Expect` other than 100-continue → 417. A request of
 * HTTP/1.1 without `Host`, or with several (RFC 9112), → 400; the server must have been created with `requireHostHeader: false`.
 * Another header of {@link ONCE} that is there twice → 400, more than {@link MOST_HEADERS} → 431.
 * A query that is not percent-encoded UTF-8 → 400: it would be taken literally, or with replacement characters in it.
 */
export function refuseWhatNodeAnswers(server: FastifyInstance): void {
  const node = server.server;
  // Node silently drops headers beyond this limit, so it must be one higher than ours for us to see the excess.
  node.maxHeadersCount = MOST_HEADERS + 1;
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
    done(problemOfHead(request.raw));
  });
}

function problemOfHead({ httpVersion, rawHeaders, headers, url = '' }: IncomingMessage): Error | undefined {
  if (rawHeaders.length > 2 * MOST_HEADERS) {
    return Object.assign(new Error('the request has too many headers'), { statusCode: 431 });
  }
  const twice = repeated(rawHeaders);
  if (twice !== undefined) return invalidHeader(ONCE[twice] ?? twice, 'is repeated', 'isOnce');
  if (headers.host === undefined && httpVersion === '1.1') return invalidHeader('Host', 'is missing', 'isHost');
  if (isEncodedUtf8(url)) return undefined;
  return invalidRequest([{ pointer: '#/query', detail: 'the query is not percent-encoded UTF-8', code: 'isUtf8' }]);
}

function invalidHeader(name: string, what: string, code: string): Error {
  return invalidRequest([{ pointer: `#/header/${name}`, detail: `${name} ${what}`, code }]);
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

/** The name of a header that counts once and is there twice. Names and values take turns. */
function repeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!Object.hasOwn(ONCE, name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
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
