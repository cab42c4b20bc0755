import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Connections, type Answer } from './connections.ts';

/** What became of one request of the load. Times in milliseconds. */
export interface Sample {
  readonly orderId: string | undefined;
  readonly status: number;
  /** From the moment the request was due, not from when it was sent: a stall of the system counts. */
  readonly postMs: number;
  /** Until a waiting GET said that the order is confirmed; only for a part of the orders. */
  readonly confirmedMs: number | undefined;
}

export interface LoadOptions {
  readonly baseUrl: string;
  /** Orders per second, offered whatever the system does (open loop). */
  readonly rate: number;
  readonly seconds: number;
  readonly products: readonly string[];
  /** Every n-th order is followed until it is confirmed. */
  readonly followEvery: number;
  readonly connections: number;
}

/** A load in progress. */
export interface RunningLoad {
  /** Resolves when the last order is due. */
  readonly offered: Promise<void>;
  /** What became of each, when the last one is answered. */
  readonly answered: Promise<Sample[]>;
}

const TIMEOUT_MS = 40_000;

/** Offers orders at a fixed rate. */
export function offerLoad(options: LoadOptions): RunningLoad {
  const { baseUrl, connections } = options;
  const clients = {
    posts: new Connections(baseUrl, { connections, timeoutMs: TIMEOUT_MS }),
    waits: new Agent({ keepAlive: true, maxSockets: 2_000 }),
  };
  const running: Promise<Sample>[] = [];
  const offered = offer(options, (index, dueAt) => running.push(placeOne(options, clients, index, dueAt)));
  const answered = offered
    .then(() => Promise.all(running))
    .finally(() => {
      clients.posts.close();
      clients.waits.destroy();
    });
  return { offered, answered };
}

async function offer({ rate, seconds }: LoadOptions, place: (index: number, dueAt: number) => void): Promise<void> {
  const total = Math.round(rate * seconds);
  const begin = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1_000) * rate) + 1);
    for (; sent < due; sent += 1) place(sent, begin + (sent / rate) * 1_000);
    await delay(Math.max(1, begin + (sent / rate) * 1_000 - performance.now()));
  }
}

async function placeOne(
  options: LoadOptions,
  clients: { posts: Connections; waits: Agent },
  index: number,
  dueAt: number,
): Promise<Sample> {
  const product = options.products[index % options.products.length] ?? '';
  const body = JSON.stringify({
    user_id: `bench_${index % 1_000}`,
    items: [{ product_id: product, product_name: 'Benchmark product', quantity: 1, price: 19.99 }],
  });
  try {
    const answer = await clients.posts.post('/orders', body);
    const postMs = performance.now() - dueAt;
    if (answer.status !== 201) return { orderId: undefined, status: answer.status, postMs, confirmedMs: undefined };
    const { order_id: orderId } = JSON.parse(answer.text) as { order_id: string };
    if (index % options.followEvery !== 0) return { orderId, status: 201, postMs, confirmedMs: undefined };
    const settled = await get(clients.waits, `${options.baseUrl}/orders/${orderId}?wait=30s`);
    const confirmed = (JSON.parse(settled.text) as { status: string }).status === 'confirmed';
    return { orderId, status: 201, postMs, confirmedMs: confirmed ? performance.now() - dueAt : Infinity };
  } catch {
    return { orderId: undefined, status: 0, postMs: performance.now() - dueAt, confirmedMs: undefined };
  }
}

function get(agent: Agent, url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, timeout: TIMEOUT_MS });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.end();
  });
}
