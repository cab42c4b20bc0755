import type { Pool, PoolClient } from 'pg';
import { isSessionUnusable } from '../database-errors';
import { sessionOpenedAt } from './guarded-client';

/**
 * Whether work that failed with `error` on `client` is to be run on another session. Only when the error speaks of the session,
 * and only when the session was there before the work began (`begun`, by `performance.now()`): what a new one cannot do either
 * is the state of the server. So there is an end to it, with as many tries as there were old sessions in the pool.
 */
export function isWorthAnotherSession(error: unknown, client: object, begun: number): boolean {
  return sessionOpenedAt(client) < begun && isSessionUnusable(error);
}

/**
 * Runs `work` on a session of a pool with guarded clients. When it fails the session is closed, and with it whatever it had
 * begun; if the fault is the session's, the work is run again on another one. So it must not matter whether it had its
 * effect before: not even COMMIT's answer is sure to arrive.
 */
export async function onSession<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (;;) {
    const client = await pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      if (!isWorthAnotherSession(error, client, begun)) throw error;
    }
  }
}
