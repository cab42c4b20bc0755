import type { Findings } from './findings.ts';
import type { HttpTarget } from './http-fuzz.ts';
import { objectionsTo } from './http-oracle.ts';
import { exchange, type Exchange } from './raw-http.ts';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const post = (length: string): Buffer =>
  text(`POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n${length}\r\n\r\n`);
const CHUNKED = 'Transfer-Encoding: chunked';
const chunk = (size: number): Buffer => text(`${size.toString(16)}\r\n${' '.repeat(size)}\r\n`);
const get = (path: string, connection: string): Buffer =>
  text(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`);

/** One way to hold a connection, how it must end and how soon. */
interface ConnectionAttack {
  readonly name: string;
  readonly pieces: readonly Buffer[];
  readonly pauseMs?: number;
  readonly statuses: readonly number[];
  readonly withinMs: number;
}

const drip = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

/** Time-outs of the server plus the two seconds between its checks, plus a busy machine. */
const SLOW_MS = 22_000;

const ATTACKS: readonly ConnectionAttack[] = [
  {
    name: 'headers that never end (slowloris)',
    pieces: drip(text(`GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ${'a'.repeat(200)}`), 1),
    pauseMs: 500,
    statuses: [408],
    withinMs: SLOW_MS,
  },
  {
    name: 'a body that comes byte by byte',
    pieces: [post('Content-Length: 200'), ...drip(text(' '.repeat(199)), 1)],
    pauseMs: 400,
    statuses: [408],
    withinMs: SLOW_MS,
  },
  { name: 'a body that never comes', pieces: [post('Content-Length: 200')], statuses: [408], withinMs: SLOW_MS },
  { name: 'a chunk that never comes', pieces: [post(CHUNKED), text('ff\r\n')], statuses: [408], withinMs: SLOW_MS },
  { name: 'a chunk with no size', pieces: [post(CHUNKED), text('xyz\r\n')], statuses: [400], withinMs: 5_000 },
  {
    name: 'chunks beyond the limit',
    pieces: [post(CHUNKED), ...Array.from({ length: 130 }, () => chunk(1_000)), text('0\r\n\r\n')],
    statuses: [413],
    withinMs: 5_000,
  },
  {
    name: 'a body beyond the limit, announced',
    pieces: [post('Content-Length: 50000000'), text(' '.repeat(200_000))],
    statuses: [413],
    withinMs: SLOW_MS,
  },
  {
    name: 'a length and chunks at once (smuggling)',
    pieces: [post(`Content-Length: 4\r\n${CHUNKED}`), text('0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n')],
    statuses: [400],
    withinMs: 5_000,
  },
  {
    name: 'fifty requests in one packet',
    pieces: [
      Buffer.concat([...Array.from({ length: 49 }, () => get('/nowhere', 'keep-alive')), get('/nowhere', 'close')]),
    ],
    statuses: Array.from({ length: 50 }, () => 404),
    withinMs: 5_000,
  },
  {
    name: 'a good request behind a bad one',
    pieces: [Buffer.concat([get('/%zz', 'keep-alive'), get('/health/live', 'close')])],
    statuses: [400, 200],
    withinMs: 5_000,
  },
  { name: 'TLS', pieces: [Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])], statuses: [400], withinMs: 5_000 },
  { name: 'HTTP/2', pieces: [text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')], statuses: [400], withinMs: 5_000 },
  { name: 'HTTP/0.9', pieces: [text('GET /health/live\r\n\r\n')], statuses: [200], withinMs: 5_000 },
  {
    name: 'no host',
    pieces: [text('GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n')],
    statuses: [400],
    withinMs: 5_000,
  },
  {
    name: 'CONNECT',
    pieces: [text('CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n')],
    statuses: [405],
    withinMs: 5_000,
  },
  {
    name: 'an Expect nobody meets',
    pieces: [text('GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n')],
    statuses: [417],
    withinMs: 5_000,
  },
  {
    name: 'headers of 64 KiB',
    pieces: [text(`GET / HTTP/1.1\r\nX: ${'x'.repeat(65_536)}`)],
    statuses: [431],
    withinMs: 5_000,
  },
];

/** Holds connections in ways HTTP does not foresee: all of them at once, at every service. */
export async function attackConnections(targets: readonly HttpTarget[], findings: Findings): Promise<void> {
  await Promise.all(
    targets.flatMap(({ service, port }) =>
      ATTACKS.filter(({ pieces }) => service === 'order-service' || !pieces[0]?.includes('POST /orders')).map(
        async (attack) => {
          const { pieces, pauseMs = 0, withinMs } = attack;
          const result = await exchange(port, pieces, { pauseMs, timeoutMs: withinMs });
          findings.ran('connections');
          for (const objection of objectionsToExchange(attack, result)) {
            findings.add(
              'connections',
              `${attack.name}: ${objection}`,
              `${service}, ${Math.round(result.ms)} ms`,
              '--only connections',
            );
          }
        },
      ),
    ),
  );
}

function objectionsToExchange({ statuses }: ConnectionAttack, { answers, closed }: Exchange): string[] {
  const objections = answers.flatMap((answer) => objectionsTo(answer));
  if (!closed) objections.push('the connection is still open');
  const found = answers.map(({ status }) => status);
  if (found.join() !== statuses.join())
    objections.push(`answered ${found.join() || 'nothing'} instead of ${statuses.join()}`);
  return objections;
}
