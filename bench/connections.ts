import { connect, type Socket } from 'node:net';

/** What a server has answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface ConnectionLimits {
  readonly connections: number;
  readonly timeoutMs: number;
}

interface Exchange {
  readonly request: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Keep-alive connections to one server, with one request at a time on each; what finds none free waits for its turn.
 *
 * Bare sockets, and only as much of HTTP/1.1 as our services speak: the load generator shares the machine with what it
 * measures, and Node's HTTP client would take as much of it for an order as a service does.
 */
export class Connections {
  private readonly host: string;
  private readonly port: number;
  private readonly limits: ConnectionLimits;
  private readonly open = new Set<Socket>();
  private readonly free: Socket[] = [];
  private readonly waiting: Exchange[] = [];
  private readonly exchanges = new WeakMap<Socket, Exchange>();

  constructor(baseUrl: string, limits: ConnectionLimits) {
    const { hostname, port } = new URL(baseUrl);
    this.host = hostname;
    this.port = Number(port);
    this.limits = limits;
  }

  /** Rejects when the connection breaks, or nothing has come for as long as `timeoutMs`. */
  post(path: string, body: string): Promise<Answer> {
    const head = `POST ${path} HTTP/1.1\r\nhost: ${this.host}:${this.port}\r\ncontent-type: application/json\r\n`;
    const request = `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.next();
    });
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
  }

  private next(): void {
    const [exchange] = this.waiting;
    if (exchange === undefined) return;
    const socket = this.free.pop() ?? (this.open.size < this.limits.connections ? this.connect() : undefined);
    if (socket === undefined) return;
    this.waiting.shift();
    this.exchanges.set(socket, exchange);
    socket.write(exchange.request);
  }

  private connect(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true, timeout: this.limits.timeoutMs });
    let received: Buffer = Buffer.alloc(0);
    let failure = new Error('the connection was closed before the answer was complete');
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = completeAnswer(received);
      if (answer === undefined) return;
      received = Buffer.alloc(0);
      this.exchanges.get(socket)?.resolve(answer);
      this.exchanges.delete(socket);
      this.free.push(socket);
      this.next();
    });
    socket.on('timeout', () => socket.destroy(new Error(`nothing received for ${this.limits.timeoutMs} ms`)));
    socket.on('error', (error) => (failure = error));
    socket.on('close', () => {
      this.open.delete(socket);
      if (this.free.includes(socket)) this.free.splice(this.free.indexOf(socket), 1);
      this.exchanges.get(socket)?.reject(failure);
      this.next();
    });
    this.open.add(socket);
    return socket;
  }
}

const END_OF_HEAD = '\r\n\r\n';

/** @throws Error for an answer whose length is not given, which none of our services sends. */
function completeAnswer(received: Buffer): Answer | undefined {
  const end = received.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  const begin = end + END_OF_HEAD.length;
  if (received.length < begin + Number(length)) return undefined;
  return {
    status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)),
    text: received.toString('utf8', begin),
  };
}
