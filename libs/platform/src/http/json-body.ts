import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors/domain.error';
import { jsonProblem } from './json-text';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const JSON_TYPE = 'application/json';
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi;
/** Half of a surrogate pair as an escape; JSON has no other way to write one. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Reads JSON bodies (RFC 8259) in place of Fastify's parser, which replaces bytes that are not UTF-8 and keeps one of two equal
 * names: two customers could become one. Refused with 400 `REQUEST.MALFORMED_JSON`: what is not UTF-8 or not JSON, a byte order mark, a
 * member name that occurs twice, half of a surrogate pair, nesting beyond 32 levels. Another charset than UTF-8 is refused
 * with 415, and so is a charset that is named twice, and a body of another type. An empty body is no body, whatever it is said to be
 * (a form, as of `curl -X POST -d ''`): endpoints that need one say so.
 */
export function readJsonBodies(server: FastifyInstance): void {
  server.removeContentTypeParser([JSON_TYPE, 'text/plain']);
  server.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, read(body as Buffer, request.headers['content-type'] ?? ''));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else done(unsupported('the body is not JSON'));
  });
}

function read(bytes: Buffer, contentType: string): unknown {
  if (bytes.length === 0) return undefined;
  if (contentType !== JSON_TYPE) expectUtf8(contentType);
  const text = decode(bytes);
  const value = parse(text);
  const problem = jsonProblem(text);
  if (problem !== undefined) throw malformed(`${problem.pointer || 'The body'} ${problem.detail}.`, problem.pointer);
  if (SURROGATE_ESCAPE.test(text) && !isWellFormed(value)) throw malformed('The body contains an unpaired surrogate.');
  return value;
}

function expectUtf8(contentType: string): void {
  const [charset = 'utf-8', ...more] = [...contentType.matchAll(CHARSET)].map(([, name = '']) => name.toLowerCase());
  // Two readers might each believe in another one.
  if (more.length > 0) throw unsupported('the charset is named more than once');
  if (charset !== 'utf-8' && charset !== 'utf8') throw unsupported(`JSON is UTF-8, not ${charset.slice(0, 40)}`);
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

function unsupported(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 415, code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
}
