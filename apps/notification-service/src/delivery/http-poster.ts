import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** To connect, and as long again to answer; milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** A request that was not answered. */
export class PostFailure extends Error {
  override readonly name = 'PostFailure';

  /** @param wasSent There was a connection: whoever listens may have got the request. */
  constructor(
    message: string,
    readonly wasSent: boolean,
  ) {
    super(message);
  }
}

/** Nobody reads what comes with an answer; more than a moment's worth of it costs the connection. */
const REST_OF_ANSWER_MS = 1_000;

/** POSTs over connections that are kept. Not `fetch`, which cannot tell whether a request that failed had been sent. */
export class HttpPoster {
  private readonly agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  /** @throws PostFailure */
  post(url: string, { headers, body, timeoutMs, signal }: Post): Promise<PostAnswer> {
    const isSecure = url.startsWith('https:');
    const make = isSecure ? httpsRequest : httpRequest;
    const agent = isSecure ? this.agents.https : this.agents.http;
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      let wasSent = false;
      const request = make(url, { method: 'POST', headers: { ...headers, ...length }, agent, signal });
      const expect = (what: string) =>
        setTimeout(() => request.destroy(new Error(`no ${what} within ${timeoutMs} ms`)), timeoutMs);
      let timer = expect('connection');
      const connected = (): void => {
        wasSent = true;
        clearTimeout(timer);
        timer = expect('answer');
      };
      request.on('socket', (socket: Socket) => {
        if (!request.reusedSocket) socket.once(isSecure ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      request.on('response', (response) => {
        clearTimeout(timer);
        skipRest(response);
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
      });
      // Stays for as long as the request does: an error nobody listens to would end the process.
      request.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        reject(new PostFailure(error.code ?? error.message, wasSent));
      });
      request.end(body);
    });
  }

  /** Closes all connections. */
  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}

function skipRest(response: IncomingMessage): void {
  const timer = setTimeout(() => response.destroy(), REST_OF_ANSWER_MS);
  response.on('close', () => clearTimeout(timer));
  response.on('error', () => undefined);
  response.resume();
}
