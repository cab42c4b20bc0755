import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors/domain.error';
import { jsonProblem } from './json-text';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
/** Half of a surrogate pair as an escape; JSON has no other way to write one. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Reads JSON bodies (RFC 8259) in place of Fastify's parser, which replaces bytes that are not UTF-8 and keeps one of two equal
 * names: two customers could become one. Refused with 400 `REQUEST.MALFORMED_JSON`: what is not UTF-8 or not JSON, a byte order mark, a
 * member name that occurs twice, half of a surrogate pair, nesting beyond 32 levels. Another charset than UTF-8 is refused
 * with 415. An empty body is no body, whatever its type: endpoints that need one say so.
 */
export function readJsonBodies(server: FastifyInstance): void {
  server.removeContentTypeParser(['application/json', 'text/plain']);
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, read(body as Buffer, request.headers['content-type'] ?? ''));
    } catch (error) {
      done(error as Error);
    }
  });
}

function read(bytes: Buffer, contentType: string): unknown {
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') throw unsupportedCharset(charset);
  if (bytes.length === 0) return undefined;
  const text = decode(bytes);
  const value = parse(text);
  const problem = jsonProblem(text);
  if (problem !== undefined) throw malformed(`${problem.pointer || 'The body'} ${problem.detail}.`, problem.pointer);
  if (SURROGATE_ESCAPE.test(text) && !isWellFormed(value))
    throw malformed('The body has half of a surrogate pair in it.');
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
}

/** `JSON.stringify` writes halves of surrogate pairs as escapes, and nothing else of that kind. */
function isWellFormed(value: unknown): boolean {
  return !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}

function malformed(message: string, pointer = ''): DomainError {
  const errors = pointer === '' ? {} : { errors: [{ pointer, detail: message }] };
  return new DomainError({ code: 'REQUEST.MALFORMED_JSON', kind: 'invalid', message, ...errors });
}

function unsupportedCharset(charset: string): Error {
  const message = `JSON is UTF-8, not ${charset.slice(0, 40)}`;
  return Object.assign(new Error(message), { statusCode: 415, code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
}
