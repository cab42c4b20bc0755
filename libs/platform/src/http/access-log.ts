import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { runWithLogContext } from '../logging/log-context';
import { METRICS_PATH } from '../metrics/serve-metrics';
import { NO_ROUTE } from './http-metrics';
import { requestLogContext } from './request-context';

/**
 * One line for each answered request: `method`, `route` (the pattern, never the path with its ids), `status`,
 * `duration_ms`; at error from status 500 on, else at debug. Scrapes of `/metrics` have none.
 */
export function installAccessLog(server: FastifyInstance): void {
  const logger = new Logger('Http');
  server.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.url === METRICS_PATH) {
      done();
      return;
    }
    const fields = {
      method: request.method,
      route: request.routeOptions.url ?? NO_ROUTE,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    const text = `${fields.method} ${fields.route} ${fields.status}`;
    runWithLogContext(requestLogContext(request.raw), () => {
      // A probe that is told no is an answer, not a fault.
      if (reply.statusCode >= 500 && !fields.route.startsWith('/health')) logger.error(text, fields);
      else logger.debug(text, fields);
    });
    done();
  });
}
