import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `requests` go from the client to the server, `answers` the other way. */
export type Direction = 'requests' | 'answers';

/** One client with its connection to the server. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Its next answer is lost. */
  loss: Loss | undefined;
  /** Nothing passes any more, and nobody is told. */
  silent: boolean;
}

/** What is to be lost of the first request that `is` recognises. */
interface Loss {
  readonly of: Direction;
  readonly then: 'reset' | 'silence';
  readonly is: (request: Buffer) => boolean;
}

/**
 * A TCP proxy in front of a real server that does to its connections what networks do: latency, resets, answers that are lost
 * after the request has arrived, answers that end in the middle, and one direction that falls silent while the connection stays
 * open. What is not mentioned passes unchanged. Faults apply to the connections that are open and to those to come, until
 * {@link heal}.
 */
export class TcpProxy {
  private readonly listener: Server;
  private readonly pairs = new Set<Pair>();
  private readonly frozen = new Set<Direction>();
  private delayMs = 0;
  private answerBytesLeft = Infinity;
  private refusing = false;
  private loss: Loss | undefined;
  /** How many connections were accepted since the beginning. */
  accepted = 0;

  private constructor(private readonly target: { readonly host: string; readonly port: number }) {
    this.listener = createServer((client) => this.join(client));
  }

  /** Listens on the loopback address, on a free port unless told which, and passes on to `target`. */
  static async open(target: { readonly host?: string; readonly port: number }, port = 0): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host: target.host ?? '127.0.0.1', port: target.port });
    proxy.listener.listen(port, '127.0.0.1');
    await once(proxy.listener, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** The same URL, with this proxy's address in it. */
  through(url: string): string {
    const own = new URL(url);
    own.hostname = '127.0.0.1';
    own.port = String(this.port);
    return own.toString();
  }

  /** Connections that are open at present. */
  get open(): number {
    return this.pairs.size;
  }

  /** Each piece of data arrives so much later, in either direction. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Nothing passes in this direction any more; the connections stay open, and nobody is told. */
  freeze(direction: Direction): void {
    this.frozen.add(direction);
  }

  /** Resets all open connections, now. New ones are accepted. */
  cut(): void {
    for (const pair of [...this.pairs]) this.reset(pair);
  }

  /** Lets `bytes` more of answers through, over all connections, then resets the connection that has the next one. 0: requests arrive, their answers do not. */
  cutAfterAnswerBytes(bytes: number): void {
    this.answerBytesLeft = bytes;
  }

  /**
   * Resets the connection on which the first request comes that `is` recognises, or lets it fall silent for good: before the
   * request arrives (`requests`), or after it, in place of its answer (`answers`). Sees requests in the pieces in which they come.
   */
  lose(of: Direction, is: (request: Buffer) => boolean, then: 'reset' | 'silence' = 'reset'): void {
    this.loss = { of, is, then };
  }

  /** New connections are reset as soon as they are made. */
  refuse(): void {
    this.refusing = true;
  }

  /** Ends every fault. What was held back by a frozen direction is delivered. */
  heal(): void {
    this.delayMs = 0;
    this.answerBytesLeft = Infinity;
    this.refusing = false;
    this.loss = undefined;
    this.frozen.clear();
    for (const { client, server } of this.pairs) {
      client.resume();
      server.resume();
    }
  }

  /** Ends all connections and stops to listen. */
  async close(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    this.accepted += 1;
    if (this.refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.target);
    const pair = { client, server, loss: undefined, silent: false };
    this.pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // A reset is part of what is played here.
      socket.on('error', () => this.reset(pair));
      socket.on('close', () => this.reset(pair));
    }
    client.on('data', (data) => this.pass(pair, 'requests', data));
    server.on('data', (data) => this.pass(pair, 'answers', data));
    client.on('end', () => server.end());
    server.on('end', () => client.end());
  }

  private pass(pair: Pair, direction: Direction, data: Buffer): void {
    if (this.loses(pair, direction, data)) return;
    const [from, to] = direction === 'requests' ? [pair.client, pair.server] : [pair.server, pair.client];
    if (this.frozen.has(direction)) {
      // What has been read already goes back in front of what is still on its way.
      from.pause();
      from.unshift(data);
      return;
    }
    if (direction === 'answers' && data.length > this.answerBytesLeft) {
      const last = data.subarray(0, this.answerBytesLeft);
      this.answerBytesLeft = Infinity;
      // The last bytes are to arrive before the reset does.
      if (last.length > 0) to.write(last, () => setImmediate(() => this.reset(pair)));
      else this.reset(pair);
      from.pause();
      return;
    }
    if (direction === 'answers') this.answerBytesLeft -= data.length;
    if (this.delayMs === 0) to.write(data);
    else setTimeout(() => to.writable && to.write(data), this.delayMs);
  }

  private loses(pair: Pair, direction: Direction, data: Buffer): boolean {
    if (pair.silent) return true;
    if (direction === 'requests' && this.loss?.is(data) === true) {
      pair.loss = this.loss;
      this.loss = undefined;
    }
    if (pair.loss?.of !== direction) return false;
    if (pair.loss.then === 'silence') pair.silent = true;
    else this.reset(pair);
    return true;
  }

  private reset(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    resetSocket(pair.client);
    resetSocket(pair.server);
  }
}

/** A socket that is just being ended cannot be reset: Node would drop its handle without closing it, and the process never end. */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
