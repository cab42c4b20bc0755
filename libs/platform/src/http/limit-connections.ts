import { Logger } from '@nestjs/common';
import type { Server } from 'node:http';

/** Minimum time between two log lines: a flood of connections must not flood the log. */
const TELL_EVERY_MS = 10_000;

/** Closes connections beyond `limit` at once and unanswered: each costs memory and a file descriptor. Says so, with the number of them. */
export function limitConnections(server: Server, limit: number): void {
  const logger = new Logger('Http');
  let [dropped, toldAt] = [0, -Infinity];
  server.maxConnections = limit;
  server.on('drop', () => {
    dropped += 1;
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    logger.warn(`Connection limit of ${limit} reached (HTTP_MAX_CONNECTIONS); further connections were closed`, {
      dropped,
    });
    [dropped, toldAt] = [0, performance.now()];
  });
}
