import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Reply } from './client.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { Random, zipf } from '../system/random.ts';
import { secretHeaders } from './secrets.ts';

export interface LoadOptions {
  /** Base URLs of the present instances; asked for anew at every request. */
  readonly orders: () => readonly string[];
  readonly inventory: () => readonly string[];
  readonly products: readonly string[];
  readonly rate: number;
  readonly seed: number;
  /** Shares of the mix that differ from the usual. */
  readonly mix?: Partial<Mix>;
}

/** Shares of orders. */
export interface Mix {
  readonly keyed: number;
  readonly cancelled: number;
  readonly followed: number;
  readonly delivery: number;
  readonly oddPayment: number;
}

const MIX: Mix = { keyed: 0.15, cancelled: 0.08, followed: 0.1, delivery: 0.03, oddPayment: 0.1 };
const ODD_METHODS = ['test_declined', 'test_insufficient_funds', 'test_error_after_charge', 'test_capture_fails'];
const LIST_EVERY_MS = 2_000;
const LIST_PAGE = 20;
const LIST_PAGES = 8;
const TERMINAL = new Set(['confirmed', 'cancelled']);

/** Customers who come when they come, whatever state the system is in (open loop), until told to stop. */
export class Load {
  readonly journal = new Journal();
  readonly begin = performance.now();
  private readonly options: LoadOptions;
  private readonly client = new Client();
  private readonly random: Random;
  private readonly rank: (random: Random) => number;
  private readonly mix: Mix;
  private readonly pending = new Set<Promise<void>>();
  private stopping = false;
  private offering: Promise<void> | undefined;
  private count = 0;

  constructor(options: LoadOptions) {
    this.options = options;
    this.random = new Random(options.seed);
    this.rank = zipf(options.products.length);
    this.mix = { ...MIX, ...options.mix };
  }

  start(): void {
    this.offering ??= this.offer();
    this.keep(this.browse());
  }

  /** Nothing new is begun; resolves when every client has given up or been served. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.offering;
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.client.close();
  }

  get now(): number {
    return performance.now() - this.begin;
  }

  private async offer(): Promise<void> {
    for (let sent = 0; !this.stopping;) {
      const due = Math.floor((this.now / 1_000) * this.options.rate) + 1;
      for (; sent < due; sent += 1) this.keep(this.customer((sent / this.options.rate) * 1_000));
      await delay(2);
    }
  }

  private keep(work: Promise<void>): void {
    const kept = work.finally(() => this.pending.delete(kept));
    this.pending.add(kept);
  }

  /** One customer: orders, perhaps several times with one key, perhaps watches, perhaps changes their mind. */
  private async customer(at: number): Promise<void> {
    const { random, mix } = this;
    const client = `load_${++this.count}`;
    const key = random.chance(mix.keyed) ? `key-${this.options.seed}-${this.count}` : undefined;
    const request = this.orderOf(client);
    const copies = key === undefined ? 1 : random.between(2, 4);
    const [follows, cancels, patience] = [random.chance(mix.followed), random.chance(mix.cancelled), random.next()];
    if (random.chance(mix.delivery)) this.keep(this.deliver(at));
    const copy = (index: number): Promise<string | undefined> => this.create(at, client, request, key, index);
    const ids = await Promise.all(Array.from({ length: copies }, (_, index) => copy(index)));
    let orderId = ids.find((id) => id !== undefined);
    // Whoever has a key asks again until there is an answer.
    for (let attempt = 0; orderId === undefined && key !== undefined && attempt < 40; attempt += 1) {
      await delay(250 + attempt * 50);
      orderId = await this.create(this.now, client, request, key, 0);
    }
    if (orderId === undefined) return;
    if (cancels) this.keep(delay(patience ** 2 * 3_000).then(() => this.cancel(client, orderId)));
    if (follows) await this.follow(client, orderId);
  }

  private orderOf(client: string): object {
    const lines = this.random.chance(0.2) ? 2 : 1;
    const items = Array.from({ length: lines }, () => ({
      product_id: this.options.products[this.rank(this.random)],
      product_name: 'Product of the load',
      quantity: this.random.between(1, 2),
      price: this.random.between(100, 99_999) / 100,
    }));
    const odd = this.random.chance(this.mix.oddPayment);
    return { user_id: client, items, ...(odd && { payment_method: this.random.pick(ODD_METHODS) }) };
  }

  private async create(
    at: number,
    client: string,
    order: object,
    key: string | undefined,
    index: number,
  ): Promise<string | undefined> {
    if (index > 1) await delay(index * 7);
    const url = `${this.at(this.options.orders())}/orders`;
    const headers = { ...secretHeaders, ...(key !== undefined && { 'idempotency-key': key }) };
    const reply = await this.client.send('POST', url, order, headers);
    const told = orderIn(reply);
    const orderId = reply.status === 201 ? told?.order_id : undefined;
    this.record('create', at, client, reply, { orderId, state: told?.status, key, body: key && reply.body });
    return orderId;
  }

  private async cancel(client: string, orderId: string): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const at = this.now;
      const reply = await this.client.send('POST', `${this.at(this.options.orders())}/orders/${orderId}/cancel`);
      const state = reply.status === 200 ? orderIn(reply)?.status : undefined;
      this.record('cancel', at, `${client}-cancel`, reply, { orderId, state });
      // Whoever was told so looks again, wherever the next request goes.
      if (state !== undefined) return this.readAgain(`${client}-cancel`, orderId);
      if (reply.status !== 0 && reply.status !== 503) return;
      await delay(1_000);
    }
  }

  private async readAgain(client: string, orderId: string): Promise<void> {
    for (let reads = 0; reads < 3; reads += 1) {
      await this.read(client, orderId);
      await delay(150 * 4 ** reads);
    }
  }

  private async read(client: string, orderId: string): Promise<string | undefined> {
    const at = this.now;
    const reply = await this.client.send('GET', `${this.at(this.options.orders())}/orders/${orderId}`);
    const state = reply.status === 200 ? orderIn(reply)?.status : undefined;
    this.record('read', at, client, reply, { orderId, state });
    return state;
  }

  /** Somebody who reads the newest orders again and again, page after page, while others come in. */
  private async browse(): Promise<void> {
    while (!this.stopping) {
      await this.walk();
      await delay(LIST_EVERY_MS);
    }
  }

  private async walk(): Promise<void> {
    const at = this.now;
    const listed: string[] = [];
    let cursor = '';
    for (let page = 0; page < LIST_PAGES; page += 1) {
      const query = `limit=${LIST_PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const reply = await this.client.send('GET', `${this.at(this.options.orders())}/orders?${query}`);
      const answer = reply.status === 200 ? pageIn(reply) : undefined;
      // A walk that was interrupted says nothing.
      if (answer === undefined) return this.record('list', at, 'list', reply, {});
      listed.push(...answer.orders.map(({ order_id: id }) => id));
      cursor = answer.next_cursor ?? '';
      if (cursor === '') break;
    }
    this.record('list', at, 'list', { status: 200, body: '', retryAfter: false }, { listed });
  }

  /** Reads, one after the other, until the order is settled and a little longer. */
  private async follow(client: string, orderId: string): Promise<void> {
    let settledReads = 0;
    for (let reads = 0; reads < 60 && settledReads < 3; reads += 1) {
      const state = await this.read(client, orderId);
      if (state !== undefined && TERMINAL.has(state)) settledReads += 1;
      await delay(200 + 20 * reads);
    }
  }

  private async deliver(at: number): Promise<void> {
    const product = this.options.products[this.rank(this.random)] ?? '';
    const key = `delivery-${this.options.seed}-${++this.count}`;
    const quantity = this.random.between(1, 40);
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const url = `${this.at(this.options.inventory())}/inventory/${product}/adjustments`;
      const body = { quantity_delta: quantity, reason: 'delivery' };
      const reply = await this.client.send('POST', url, body, { 'idempotency-key': key });
      this.record('deliver', attempt === 0 ? at : this.now, key, reply, { key, product, quantity });
      if (reply.status === 201) return;
      await delay(300 + attempt * 50);
    }
  }

  private at(urls: readonly string[]): string {
    return urls[Math.floor(Math.random() * urls.length)] ?? 'http://127.0.0.1:1';
  }

  private record(
    kind: JournalEntry['kind'],
    at: number,
    client: string,
    { status, retryAfter }: Reply,
    more: Partial<JournalEntry>,
  ): void {
    this.journal.add({ kind, at, ms: this.now - at, status, client, retryAfter, ...more });
  }
}

function orderIn({ body }: Reply): { order_id?: string; status?: string } | undefined {
  try {
    return JSON.parse(body) as { order_id?: string; status?: string };
  } catch {
    return undefined;
  }
}

function pageIn({ body }: Reply): { orders: { order_id: string }[]; next_cursor: string | null } | undefined {
  try {
    return JSON.parse(body) as { orders: { order_id: string }[]; next_cursor: string | null };
  } catch {
    return undefined;
  }
}
