import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authentication } from '../auth/authentication';
import { permit } from '../auth/permit';
import { StartupError } from '../errors/startup.error';
import type { Metrics } from './metrics';

/** Where metrics are, on whichever port. */
export const METRICS_PATH = '/metrics';

const TIMEOUT_MS = 15_000;

/**
 * Answers scrapes on the port of the service, by operators and programs where it asks for credentials. The route is not part of the
 * API: not in its document, its log or its figures.
 */
export function serveMetrics(server: FastifyInstance, metrics: Metrics, authentication: Authentication): void {
  if (!metrics.isOn) return;
  const onRequest = permit(authentication, 'operator', 'admin', 'service');
  server.get(METRICS_PATH, { onRequest }, async (_request, reply) => {
    const text = await metrics.text();
    return reply.header('content-type', metrics.contentType).header('cache-control', 'no-store').send(text);
  });
}

/**
 * Answers scrapes on a port of their own, which need not be reachable where the API is. Listens from now on, before the service is
 * ready, until the process ends.
 * @throws StartupError when the port is taken.
 */
export async function listenForScrapes(metrics: Metrics, port: number, host: string): Promise<Server> {
  const server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }, (request, response) => {
    if (request.url?.split('?', 1)[0] !== METRICS_PATH || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    void metrics.text().then((text) => {
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new StartupError(`Port ${port} on ${host}, for METRICS_PORT, is already in use`) : error);
    });
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  new Logger('Metrics').log(`Metrics are at http://${host.includes(':') ? `[${host}]` : host}:${bound}${METRICS_PATH}`);
  return server.unref();
}
