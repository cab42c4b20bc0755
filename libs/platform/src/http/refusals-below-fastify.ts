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
 * HTTP/1.1 without `Host` → 400; the server must have been created with `requireHostHeader: false`.
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
    const { httpVersion, headers } = request.raw;
    if (httpVersion === '1.1' && headers.host === undefined) {
      done(invalidRequest([{ pointer: '#/header/Host', detail: 'Host is missing', code: 'isHost' }]));
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
