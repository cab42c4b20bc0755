import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../test/system/random.ts';
import { Connections, type Answer } from './connections.ts';

/** Who orders what. One piece of one product: what an order costs then does not depend on chance. */
export interface Wish {
  readonly userId: string;
  readonly productId: string;
}

/** What became of one request of the load. Times in milliseconds. */
export interface Sample extends Wish {
  readonly orderId: string | undefined;
  readonly status: number;
  /** From the moment the request was due, not from when it was sent: a stall of the system counts. */
  readonly postMs: number;
  /** Until a waiting GET said that the order is confirmed; only for a part of the orders. */
  readonly confirmedMs: number | undefined;
}

export interface LoadOptions {
  /** Of the instances of the order service, which get the requests in turn. */
  readonly baseUrls: readonly string[];
  /** Orders per second, offered whatever the system does (open loop). */
  readonly rate: number;
  readonly seconds: number;
  readonly products: readonly string[];
  /** Decides who orders what, so that a run can be repeated. */
  readonly seed: number;
  /** Every n-th order is followed until it is confirmed. */
  readonly followEvery: number;
  /** To all instances together. */
  readonly connections: number;
}

/** How far a load is. */
export interface Progress {
  readonly offered: number;
  readonly answered: number;
}

/** A load in progress. */
export interface RunningLoad {
  /** Resolves when the last order is due. */
  readonly offered: Promise<void>;
  /** What became of each, when the last one is answered. */
  readonly answered: Promise<Sample[]>;
  progress(): Progress;
}

/** Of every order of the load. */
export const PRICE = 19.99;

const TIMEOUT_MS = 40_000;
const USERS = 1_000;

interface Clients {
  readonly posts: readonly Connections[];
  readonly waits: Agent;
}

/** Offers orders at a fixed rate. */
export function offerLoad(options: LoadOptions): RunningLoad {
  const { baseUrls } = options;
  const connections = Math.ceil(options.connections / baseUrls.length);
  const clients = {
    posts: baseUrls.map((url) => new Connections(url, { connections, timeoutMs: TIMEOUT_MS })),
    waits: new Agent({ keepAlive: true, maxSockets: 2_000 }),
  };
  const random = new Random(options.seed);
  const progress = { offered: 0, answered: 0 };
  const running: Promise<Sample>[] = [];
  const offered = offer(options, (index, dueAt) => {
    const wish = { userId: `bench_${random.between(0, USERS - 1)}`, productId: random.pick(options.products) };
    progress.offered += 1;
    running.push(placeOne(options, clients, { index, dueAt, wish, answered: () => (progress.answered += 1) }));
  });
  const answered = offered
    .then(() => Promise.all(running))
    .finally(() => {
      for (const post of clients.posts) post.close();
      clients.waits.destroy();
    });
  return { offered, answered, progress: () => ({ ...progress }) };
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

interface Due {
  readonly index: number;
  readonly dueAt: number;
  readonly wish: Wish;
  readonly answered: () => void;
}

async function placeOne(options: LoadOptions, clients: Clients, due: Due): Promise<Sample> {
  const { index, dueAt, wish } = due;
  const instance = index % options.baseUrls.length;
  const result = await post(clients.posts[instance], wish);
  due.answered();
  const sample = { ...wish, status: result.status, postMs: performance.now() - dueAt };
  if (result.status !== 201) return { ...sample, orderId: undefined, confirmedMs: undefined };
  const { order_id: orderId } = JSON.parse(result.text) as { order_id: string };
  if (index % options.followEvery !== 0) return { ...sample, orderId, confirmedMs: undefined };
  const confirmed = await isConfirmed(clients.waits, `${options.baseUrls[instance]}/orders/${orderId}?wait=30s`);
  return { ...sample, orderId, confirmedMs: confirmed ? performance.now() - dueAt : Infinity };
}

/** Status 0 is no answer at all: nobody knows whether there is an order now. */
async function post(connections: Connections | undefined, { userId, productId }: Wish): Promise<Answer> {
  const body = JSON.stringify({
    user_id: userId,
    items: [{ product_id: productId, product_name: 'Benchmark product', quantity: 1, price: PRICE }],
  });
  const none = { status: 0, text: '' };
  return (await connections?.post('/orders', body).catch(() => none)) ?? none;
}

async function isConfirmed(agent: Agent, url: string): Promise<boolean> {
  const { text } = await get(agent, url).catch(() => ({ text: '{}' }));
  return (JSON.parse(text) as { status?: string }).status === 'confirmed';
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
