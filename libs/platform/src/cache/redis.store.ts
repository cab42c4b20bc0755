import { Logger } from '@nestjs/common';
import { createClient } from '@redis/client';
import { redisInsStore } from 'cache-manager-redis-yet';
import { CircuitBreaker, type BreakerOptions } from '../breaker/circuit-breaker';
import { around } from '../async/sleep';
import { Metrics } from '../metrics/metrics';
import { CacheStore } from './cache.store';

/** One time-out is enough to leave Redis alone for a second: everybody else goes to the database meanwhile. */
export const REDIS_BREAKER: BreakerOptions = {
  name: 'redis',
  timeoutMs: 30,
  graceMs: 0,
  maxConcurrent: 1_000,
  failuresInARow: 20,
  timeoutsInARow: 1,
  resetMs: 1_000,
};
const RESET_AFTER_TIMEOUTS = 3;
const MAX_RECONNECT_DELAY_MS = 5_000;

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };
type RedisYetClient = Parameters<typeof redisInsStore>[0];

/** Where the Redis is and under which prefix this service keeps its keys in it (`order-service` → `order-service:…`). */
export interface RedisStoreOptions {
  readonly url: string;
  readonly prefix: string;
}

/**
 * `CacheStore` on Redis through cache-manager-redis-yet. Connects in the background and forever (at most 5 s
 * between attempts), so a missing Redis delays nothing. An operation costs at most 30 ms, after a time-out Redis is
 * left alone for a second, and while there is no connection it costs nothing. After `disconnect` all is a miss.
 */
export class RedisStore extends CacheStore {
  readonly name = 'redis';
  private readonly logger = new Logger('Redis');
  private readonly client: ReturnType<typeof createClient>;
  private readonly store: ReturnType<typeof redisInsStore>;
  private readonly lookUps: Readonly<Record<'hit' | 'miss' | 'error', { inc(): void }>>;
  private closed = false;

  constructor(
    private readonly options: RedisStoreOptions,
    readonly breaker = new CircuitBreaker(REDIS_BREAKER),
    metrics = new Metrics(false),
  ) {
    super();
    const requests = metrics.counter({
      name: 'cache_requests_total',
      help: 'Look-ups in the cache: found, not found, or Redis not asked or not answering',
      labels: ['outcome'],
    });
    this.lookUps = {
      hit: requests.labels({ outcome: 'hit' }),
      miss: requests.labels({ outcome: 'miss' }),
      error: requests.labels({ outcome: 'error' }),
    };
    this.client = createClient({
      url: options.url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: 1_000,
      socket: { connectTimeout: 2_000, reconnectStrategy: backoff },
    });
    // Redis-yet names the client of the full `redis` package; all it uses is in the core client.
    this.store = redisInsStore(this.client as unknown as RedisYetClient);
    this.keepConnected();
  }

  async get(key: string): Promise<unknown> {
    const read = await this.attempt(() => this.store.get<unknown>(this.full(key)).catch(missIfNotJson));
    if (!read.ok) this.lookUps.error.inc();
    else this.lookUps[read.value === undefined || read.value === null ? 'miss' : 'hit'].inc();
    return read.ok ? read.value : undefined;
  }

  async set(key: string, value: unknown, ttlMs = 60_000): Promise<void> {
    if (!this.store.isCacheable(value)) return;
    await this.attempt(() => this.store.set(this.full(key), value, Math.max(1, Math.ceil(ttlMs))));
  }

  async ttl(key: string): Promise<number> {
    const left = await this.attempt(() => this.store.ttl(this.full(key)));
    return left.ok ? left.value : -2;
  }

  async del(key: string): Promise<void> {
    await this.attempt(() => this.store.del(this.full(key)));
  }

  /** Round trip time in milliseconds, or `undefined` when Redis does not answer in time. */
  async ping(): Promise<number | undefined> {
    const started = performance.now();
    const answer = await this.attempt(() => this.client.ping());
    return answer.ok ? performance.now() - started : undefined;
  }

  async disconnect(): Promise<void> {
    this.closed = true;
    if (this.client.isOpen) await this.client.disconnect().catch(() => undefined);
  }

  private full(key: string): string {
    return `${this.options.prefix}:${key}`;
  }

  private async attempt<T>(operation: () => Promise<T>): Promise<Attempt<T>> {
    if (this.closed || !this.client.isReady) return { ok: false };
    try {
      return { ok: true, value: await this.breaker.run(operation) };
    } catch {
      // The connection to a peer that vanished silently would hang for a quarter of an hour.
      if (this.breaker.consecutiveTimeouts >= RESET_AFTER_TIMEOUTS && this.client.isReady) await this.reconnect();
      return { ok: false };
    }
  }

  private keepConnected(): void {
    let silent = false;
    this.client.on('error', (error: Error) => {
      if (!silent && !this.closed) this.logger.warn(`Redis is unavailable; continuing without it: ${error.message}`);
      silent = true;
    });
    this.client.on('ready', () => {
      if (silent) this.logger.log('Redis is available again');
      silent = false;
    });
    this.connect();
  }

  private connect(): void {
    // Settles only when the client is closed; every failed attempt is reported as 'error'.
    this.client.connect().catch(() => undefined);
  }

  private async reconnect(): Promise<void> {
    await this.client.disconnect().catch(() => undefined);
    if (!this.closed && !this.client.isOpen) this.connect();
  }
}

/** What somebody else wrote is no fault of Redis, and does not count for its circuit breaker. */
function missIfNotJson(error: unknown): undefined {
  if (error instanceof SyntaxError) return undefined;
  throw error;
}

function backoff(retries: number): number {
  return around(Math.min(MAX_RECONNECT_DELAY_MS, 100 * 2 ** Math.min(retries, 6)));
}
