import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Connections } from '../../connections.ts';
import { PRODUCTS } from '../tables.ts';

/** One order that went all the way; times in milliseconds since 1970. */
export interface ConfirmedOrder {
  readonly postedAt: number;
  readonly answeredAt: number;
  /** When the transaction that confirmed it began, by the same machine's clock: no look at the database is in it. */
  readonly confirmedAt: number;
}

export interface LoopPlan {
  /** So many orders are under way at any time: when one is confirmed, the next is placed. */
  readonly inFlight: number;
  readonly seconds: number;
}

interface Followed {
  readonly resolve: (confirmedAt: number) => void;
  readonly reject: (error: Error) => void;
  readonly since: number;
}

const LOOK_EVERY_MS = 50;
const CONFIRMED_WITHIN_MS = 60_000;
const ANSWERED_WITHIN_MS = 30_000;

/** Without a name, and so planned anew each time: a plan from when the table was empty would read all of it. */
const CONFIRMED = `SELECT order_id, (extract(epoch FROM updated_at) * 1000)::float8 AS at FROM orders
  WHERE status = 'confirmed' AND order_id = ANY($1::uuid[])`;

/** Places orders, follows all of them with one query now and then, and places the next. */
export class ClosedLoop {
  private readonly pool: pg.Pool;
  private readonly baseUrl: string;
  private readonly followed = new Map<string, Followed>();
  private placed = 0;

  constructor(pool: pg.Pool, baseUrl: string) {
    this.pool = pool;
    this.baseUrl = baseUrl;
  }

  /**
   * Resolves when every order that was placed within the time is confirmed.
   * @throws Error when one is refused, or not confirmed within a minute, or it is stopped.
   */
  async run({ inFlight, seconds }: LoopPlan, stopped: AbortSignal): Promise<ConfirmedOrder[]> {
    const connections = new Connections(this.baseUrl, { connections: inFlight, timeoutMs: ANSWERED_WITHIN_MS });
    const deadline = performance.now() + seconds * 1_000;
    const ended = new AbortController();
    const confirmed: ConfirmedOrder[] = [];
    const lane = async (): Promise<void> => {
      while (performance.now() < deadline) confirmed.push(await this.placeOne(connections));
    };
    const looking = this.look(ended.signal, stopped);
    const lanes = Promise.all(Array.from({ length: inFlight }, lane)).finally(() => ended.abort());
    try {
      await Promise.all([lanes, looking]);
      return confirmed;
    } finally {
      ended.abort();
      connections.close();
      for (const { reject } of this.followed.values()) reject(new Error('the load has ended'));
      this.followed.clear();
    }
  }

  private async placeOne(connections: Connections): Promise<ConfirmedOrder> {
    const index = this.placed;
    this.placed += 1;
    const product = `product-${index % PRODUCTS}`;
    const items = [{ product_id: product, product_name: 'Benchmark product', quantity: 1, price: 19.99 }];
    const postedAt = now();
    const answer = await connections.post('/orders', JSON.stringify({ user_id: `bench_${index % 1_000}`, items }));
    const answeredAt = now();
    if (answer.status !== 201) throw new Error(`an order was answered with ${answer.status}: ${answer.text}`);
    const { order_id: orderId } = JSON.parse(answer.text) as { order_id: string };
    const confirmedAt = await new Promise<number>((resolve, reject) => {
      this.followed.set(orderId, { resolve, reject, since: performance.now() });
    });
    return { postedAt, answeredAt, confirmedAt };
  }

  private async look(ended: AbortSignal, stopped: AbortSignal): Promise<void> {
    for (; !ended.aborted; await delay(LOOK_EVERY_MS)) {
      stopped.throwIfAborted();
      if (this.followed.size === 0) continue;
      const { rows } = await this.pool.query<{ order_id: string; at: number }>(CONFIRMED, [[...this.followed.keys()]]);
      for (const { order_id: orderId, at } of rows) {
        this.followed.get(orderId)?.resolve(at);
        this.followed.delete(orderId);
      }
      this.refuseToWaitForEver();
    }
  }

  private refuseToWaitForEver(): void {
    const [oldest] = this.followed;
    if (oldest === undefined || performance.now() - oldest[1].since < CONFIRMED_WITHIN_MS) return;
    const [orderId] = oldest;
    throw new Error(`${this.followed.size} orders open; ${orderId} not confirmed in ${CONFIRMED_WITHIN_MS / 1_000} s`);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
