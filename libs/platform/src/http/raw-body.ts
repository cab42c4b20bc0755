import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { BODY_LIMIT } from './http-adapter';

const bodies = new WeakMap<object, Buffer>();

/**
 * Keeps the bytes of the bodies sent to this path, for signatures over them. To be called before the routes are known:
 * from `onModuleInit` of a provider. Bodies beyond the limit are refused as everywhere.
 */
export function keepRawBody(server: FastifyInstance, path: string): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    if (request.routeOptions.url !== path) return payload;
    const body = await collect(payload);
    bodies.set(request.raw, body);
    return Object.assign(Readable.from([body]), { receivedEncodedLength: body.length });
  });
}

/** The bytes of the body; empty when there was none, or {@link keepRawBody} was not asked to keep it. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return bodies.get(request.raw) ?? Buffer.alloc(0);
}

async function collect(payload: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload) {
    length += chunk.length;
    if (length > BODY_LIMIT) {
      throw Object.assign(new Error('the body is too large'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
