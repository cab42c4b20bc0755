import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StripeBooks } from './stripe-books';
import { StripeRefusal } from './stripe-objects';

/** What goes wrong with a POST. `…_after`: the work is done, the answer is not given; `half_after`: half of it is, then silence. */
export type StripeFault =
  'hang' | 'hang_after' | 'drop_after' | 'half_after' | '500' | '500_after' | '429' | '409' | '401';

interface StoredAnswer {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
}

/**
 * Speaks the part of Stripe's API that the adapter uses, as documented: form-encoded requests, JSON objects, error objects,
 * answers stored under their idempotency key forever (5xx included) and repeated with `Idempotent-Replayed`.
 */
export class StripeStandIn {
  readonly books = new StripeBooks();
  readonly requests: { readonly method: string; readonly path: string; readonly form: URLSearchParams }[] = [];
  /** What happens to the next POSTs, one each; then all goes well. */
  readonly faults: (StripeFault | undefined)[] = [];
  private readonly answers = new Map<string, StoredAnswer>();
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly secretKey: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts, or comes back on the same port with all it knew. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const { pathname: path, searchParams } = new URL(request.url ?? '/', this.url);
    const method = request.method ?? 'GET';
    this.requests.push({ method, path, form: method === 'GET' ? searchParams : form });
    if (request.headers.authorization !== `Bearer ${this.secretKey}`) {
      return send(response, 401, errorOf({ type: 'invalid_request_error', message: 'Invalid API Key provided' }));
    }
    if (method === 'GET') return this.answer(response, () => this.books.read(path, searchParams));
    const key = String(request.headers['idempotency-key'] ?? '');
    const fingerprint = createHash('sha256').update(`${path}?${form.toString()}`).digest('hex');
    return this.post(response, { key, fingerprint, path, form });
  }

  private async post(
    response: ServerResponse,
    call: { key: string; fingerprint: string; path: string; form: URLSearchParams },
  ): Promise<void> {
    const { key, fingerprint, path, form } = call;
    const stored = this.answers.get(key);
    if (stored !== undefined) {
      if (stored.fingerprint === fingerprint) {
        return send(response, stored.status, stored.body, { 'idempotent-replayed': 'true' });
      }
      const message = 'Keys for idempotent requests can only be used with the same parameters';
      return send(response, 400, errorOf({ type: 'idempotency_error', message }));
    }
    const fault = this.faults.shift();
    if (fault === 'hang') return;
    const refused = fault === undefined ? undefined : REFUSED[fault];
    if (refused !== undefined) return send(response, ...refused);
    const answer = fault === '500' ? INTERNAL : outcomeOf(() => this.books.write(path, form));
    const kept = fault === '500_after' ? INTERNAL : answer;
    // What is refused before the endpoint runs is not stored.
    if (key !== '' && answer.status !== 400) this.answers.set(key, { fingerprint, ...kept });
    deliver(response, kept, fault);
  }

  private answer(response: ServerResponse, work: () => unknown): void {
    const { status, body } = outcomeOf(work);
    send(response, status, body);
  }
}

const INTERNAL = { status: 500, body: errorOf({ type: 'api_error', message: 'Something went wrong on our end' }) };

/** Before anything is done; not stored. */
const REFUSED: Partial<Record<StripeFault, [number, unknown]>> = {
  '401': [401, errorOf({ type: 'invalid_request_error', code: 'api_key_expired' })],
  '409': [409, errorOf({ type: 'invalid_request_error', code: 'idempotency_key_in_use' })],
  '429': [429, errorOf({ type: 'invalid_request_error', code: 'rate_limit' })],
};

function outcomeOf(work: () => unknown): { status: number; body: unknown } {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return { status: error.status, body: errorOf(error.details) };
  }
}

function errorOf(error: object) {
  return { error };
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers });
  response.end(JSON.stringify(body));
}

function deliver(response: ServerResponse, { status, body }: { status: number; body: unknown }, fault?: StripeFault) {
  if (fault === 'hang_after') return;
  if (fault === 'drop_after') response.destroy();
  else if (fault === 'half_after') sendHalf(response, status, body);
  else send(response, status, body);
}

function sendHalf(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2));
}
