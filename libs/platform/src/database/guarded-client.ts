import type { Socket } from 'node:net';
import pg from 'pg';

interface Internals {
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * A pg `Client` that gives its connection up when a statement is under way and the server has not sent a byte for
 * `silenceMs`: a frozen server or a cut cable answers nothing, not even the server's own time-outs. The statement
 * fails as "unavailable" and the pool opens a new connection. (pg's `query_timeout` would leave the connection, and
 * the transaction on it, in the pool.)
 *
 * A connection that ends between two statements never ends the process: whoever holds the client finds out with the next
 * statement, which fails as "unavailable".
 */
export function guardedClient(silenceMs: number): typeof pg.Client {
  return class GuardedClient extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      // The server's farewell may come with the answer for which the client was waited for: nobody listens yet then, and
      // an error nobody listens to is thrown.
      this.on('error', () => undefined);
      const internals = this as unknown as Internals;
      this.once('connect', () => {
        // Only once connected: with TLS the stream is another one than in the constructor.
        const { stream } = internals.connection;
        stream.setTimeout(silenceMs);
        // Not as a callback of `setTimeout`, which is called once: a connection that had nothing to do for so long would
        // be without a guard ever after.
        stream.on('timeout', () => {
          if (!internals.readyForQuery) stream.destroy(new Error('The server does not answer'));
        });
      });
    }
  };
}
