import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Cache } from '@nestjs/cache-manager';
import { CacheStore, TOMBSTONE, TOMBSTONE_MS } from './cache.store';

/** Entries never live longer, whatever a caller asks for: it is also how long a lost invalidation can matter. */
export const MAX_TTL_MS = 5 * 60_000;

const LONGEST_LOAD_TO_STORE_MS = TOMBSTONE_MS - 2_000;
const RETRY_MS = 1_000;
const MAX_PENDING = 10_000;

/**
 * A cache in front of the database which never returns a value older than the last `invalidate` that succeeded.
 *
 * - `invalidate` leaves a tombstone for 10 s, and a loaded value is stored only where nothing is. So a reader that
 *   looked at the database before a change can not store its old value after it, in whichever replica. A load that
 *   takes longer than 8 s is not stored.
 * - Redis missing, slow or frozen costs at most about 30 ms now and then; nothing here rejects except `load`.
 * - When an invalidation can not reach Redis, this process stops using the cache for these keys until the tombstone
 *   could be written after all (tried every second) or `MAX_TTL_MS` has passed. Other replicas learn nothing
 *   meanwhile: they may serve the old value until its TTL ends, as they may when this process dies right between
 *   its commit and the invalidation, or when Redis is frozen for more than 10 s while a value is on its way. So
 *   **the TTL is the bound on staleness across replicas**: keep it short where that matters.
 * - Concurrent misses each load. Sharing a load would hand a reader a value from before its own write.
 */
@Injectable()
export class ReadThroughCache implements OnModuleDestroy {
  /** Keys whose invalidation has not been written → when their oldest possible entry has expired. */
  private readonly pending = new Map<string, number>();
  private bypassAllUntil = -Infinity;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly cache: Cache,
    private readonly store: CacheStore,
  ) {}

  /**
   * The cached value of `key`, else what `load` returns. The value must survive JSON: a `Date` comes back as text.
   * `undefined` and `null` are not cached. Rejects only when `load` does.
   */
  async read<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
    if (this.bypassed(key)) return load();
    const cached = await this.cache.get(key);
    if (cached !== undefined && cached !== null && cached !== TOMBSTONE) return cached as T;
    const started = performance.now();
    const value = await load();
    const storable = cached !== TOMBSTONE && value !== undefined && value !== null && !this.bypassed(key);
    if (storable && performance.now() - started < LONGEST_LOAD_TO_STORE_MS) {
      await this.cache.set(key, value, Math.min(ttlMs, MAX_TTL_MS));
    }
    return value;
  }

  /**
   * Makes every later `read` of these keys see the database. Call it after the commit and before anybody is told
   * of the change. Never rejects; what happens when Redis can not be reached is told above.
   */
  async invalidate(keys: readonly string[]): Promise<void> {
    // First, so that no reader of this process is served the old value while Redis is being asked.
    for (const key of keys) this.remember(key);
    const deadline = performance.now();
    if (await this.store.bury(keys)) this.forget(keys, deadline);
    else this.scheduleRetry();
  }

  onModuleDestroy(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  private bypassed(key: string): boolean {
    if (performance.now() < this.bypassAllUntil) return true;
    const until = this.pending.get(key);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.pending.delete(key);
    return false;
  }

  private remember(key: string): void {
    const until = performance.now() + MAX_TTL_MS;
    if (this.pending.size >= MAX_PENDING && !this.pending.has(key)) this.bypassAllUntil = until;
    else this.pending.set(key, until);
  }

  /** Forgets keys as they were at `deadline`; a later, still unfinished invalidation of the same key stays. */
  private forget(keys: readonly string[], deadline: number): void {
    for (const key of keys) {
      if ((this.pending.get(key) ?? 0) <= deadline + MAX_TTL_MS) this.pending.delete(key);
    }
  }

  private scheduleRetry(): void {
    this.retry ??= setTimeout(() => void this.retryPending(), RETRY_MS).unref();
  }

  private async retryPending(): Promise<void> {
    const deadline = performance.now();
    const keys = [...this.pending.keys()].filter((key) => this.bypassed(key)).slice(0, 500);
    const written = await this.store.bury(keys);
    if (written) this.forget(keys, deadline);
    this.retry = undefined;
    if (this.pending.size > 0) this.scheduleRetry();
  }
}
