import type { Socket } from 'node:net';
import pg from 'pg';
import { isSessionUnusable } from '../database-errors';

interface Internals {
  readonly readyForQuery: boolean;
  readonly connection: NodeJS.EventEmitter & { readonly stream: Socket };
  /** What pg's pool looks at when a client comes back: false, and it is closed. */
  _queryable: boolean;
}

/** An answer that came while the process stood still is in the socket: how long it has to be read from there. */
const LATE_READ_MS = 100;

const openedAt = new WeakMap<object, number>();

/** When this guarded client was made, by `performance.now()`; for any other client: never. */
export function sessionOpenedAt(client: object): number {
  return openedAt.get(client) ?? Infinity;
}

/** Makes a client take no more statements; the pool closes it when it is released. */
export function retireSession(client: object): void {
  (client as Internals)._queryable = false;
}

/**
 * A pg `Client` for pools. It gives its connection up when a statement is under way and the server has not sent a byte for
 * `silenceMs` (0: never): a frozen server or a cut cable answers nothing, not even the server's own time-outs. The statement
 * fails as "unavailable" and the pool opens a new connection. (pg's `query_timeout` would leave the connection, and
 * the transaction on it, in the pool.)
 *
 * A session that turns out to be of no use (see `isSessionUnusable`) never goes back into a pool, whoever releases it and
 * however: it takes no more statements, and the pool closes it.
 *
 * A connection that ends between two statements never ends the process: whoever holds the client finds out with the next
 * statement, which fails as "unavailable".
 */
export function guardedClient(silenceMs: number): typeof pg.Client {
  return class GuardedClient extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      openedAt.set(this, performance.now());
      // The server's farewell may come with the answer for which the client was waited for: nobody listens yet then, and
      // an error nobody listens to is thrown.
      this.on('error', () => undefined);
      const internals = this as unknown as Internals;
      internals.connection.on('errorMessage', (error) => {
        if (isSessionUnusable(error)) retireSession(this);
      });
      // Only once connected: with TLS the stream is another one than in the constructor.
      this.once('connect', () => giveUpInSilence(internals, silenceMs));
    }
  };
}

function giveUpInSilence(client: Internals, silenceMs: number): void {
  const { stream } = client.connection;
  stream.setTimeout(silenceMs);
  // Not as a callback of `setTimeout`, which is called once: a connection that had nothing to do for so long would
  // be without a guard ever after.
  stream.on('timeout', () => {
    if (client.readyForQuery) return;
    const { bytesRead } = stream;
    // A process that was stopped meets its timers before it reads its sockets.
    setTimeout(() => {
      const silent = !client.readyForQuery && stream.bytesRead === bytesRead;
      if (silent) stream.destroy(new Error('The server does not answer'));
    }, LATE_READ_MS);
  });
}
