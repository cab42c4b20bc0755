import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { Lifecycle } from './lifecycle';

const logger = new Logger('Shutdown');

/**
 * On SIGTERM or SIGINT: not ready any more; the drain hooks; HTTP stops accepting and finishes what it has begun;
 * Nest tears everything down; exit 0. If that takes longer than `timeoutMs` the process exits with 1. A second
 * signal is ignored, so an impatient terminal does not turn a clean end into a dirty one. For `delayMs` from the signal on
 * requests are accepted as ever: a balancer must first notice that the service is not ready.
 */
export function shutDownOnSignals(app: NestFastifyApplication, timeoutMs: number, delayMs: number): void {
  let begun = false;
  const begin = (signal: NodeJS.Signals): void => {
    if (begun) return;
    begun = true;
    logger.log(`${signal} received, draining`);
    setTimeout(() => {
      logger.error(`Shutdown not finished after ${timeoutMs} ms; exiting`);
      process.exit(1);
    }, timeoutMs).unref();
    void shutDown(app, timeoutMs, delayMs).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('Shutdown failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', begin);
  process.on('SIGINT', begin);
}

/** The sequence of `shutDownOnSignals` without the exit. Connections that stay busy for half of the time are cut. */
export async function shutDown(app: NestFastifyApplication, timeoutMs: number, delayMs = 0): Promise<void> {
  await Promise.all([app.get(Lifecycle).drain(), delay(Math.min(delayMs, timeoutMs / 4))]);
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), timeoutMs / 2);
  // Before app.close(): that would take the database from requests which are still running.
  await app.getHttpAdapter().getInstance().close();
  clearTimeout(cut);
  await app.close();
  logger.log('Drained and closed');
}
