import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What came back on a connection. `closed` is false when the server had not hung up within the time given. */
export interface Exchange {
  readonly answers: readonly RawAnswer[];
  readonly closed: boolean;
  readonly ms: number;
}

export interface ExchangeOptions {
  /** Between two pieces; 0 sends all of them at once. */
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
  /** The answers have no body, whatever their headers say. */
  readonly head?: boolean;
}

/** Sends bytes as they are and reads whatever is answered until the server hangs up. Never rejects. */
export async function exchange(
  port: number,
  pieces: readonly Buffer[],
  { pauseMs = 0, timeoutMs = 20_000, head = false }: ExchangeOptions = {},
): Promise<Exchange> {
  const began = performance.now();
  const socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (data) => received.push(data)).on('error', () => undefined);
  const ended = new Promise<true>((resolve) => socket.on('close', () => resolve(true)));
  const given = AbortSignal.timeout(timeoutMs);
  void writeAll();
  const closed = await Promise.race([
    ended,
    new Promise<false>((resolve) => given.addEventListener('abort', () => resolve(false))),
  ]);
  socket.destroy();
  return { answers: parse(Buffer.concat(received), head), closed, ms: performance.now() - began };

  async function writeAll(): Promise<void> {
    for (const piece of pieces) {
      if (socket.destroyed) return;
      socket.write(piece);
      if (pauseMs > 0) await delay(pauseMs);
    }
  }
}

function parse(bytes: Buffer, head: boolean): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes.toString('latin1');
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const status = Number(statusLine.split(' ')[1]);
    rest = rest.slice(end + 4);
    const { body, length } = head || status < 200 ? { body: '', length: 0 } : bodyOf(rest, headers);
    rest = rest.slice(length);
    if (status >= 200) answers.push({ status, headers, body: Buffer.from(body, 'latin1').toString('utf8') });
  }
}

function bodyOf(text: string, headers: ReadonlyMap<string, string>): { body: string; length: number } {
  if (headers.get('transfer-encoding') !== 'chunked') {
    const length = Number(headers.get('content-length') ?? text.length);
    return { body: text.slice(0, length), length };
  }
  let [body, at] = ['', 0];
  for (;;) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (line < 0 || Number.isNaN(size)) return { body, length: text.length };
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
    if (size === 0) return { body, length: at };
  }
}
