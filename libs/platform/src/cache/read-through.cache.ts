import { Injectable } from '@nestjs/common';
import { Cache } from '@nestjs/cache-manager';

/** Entries never live longer, whatever a caller asks for. */
export const MAX_TTL_MS = 5 * 60_000;

/** What one key of a {@link ReadThroughCache} stands for. */
export interface Cached<T> {
  /** Reads it from the database. The value must survive JSON, apart from what `recognise` restores. */
  load(): Promise<T | undefined>;
  /** Whether nothing can ever happen to the value any more. Nothing else is stored. */
  isFinal(value: T): boolean;
  /**
   * The value that an entry holds, or `undefined` when the entry is not exactly what this service would have stored under this
   * key: others can write to Redis too. Must not throw.
   */
  recognise(entry: unknown): T | undefined;
}

/**
 * A cache in front of the database for what can never change again. So an entry is right whatever happened to the cache in
 * between, there is nothing to invalidate, and no reader is shown a state after a newer one.
 *
 * - What is not recognised is a miss, and the next value that is loaded is written over it.
 * - Redis missing, slow or frozen costs at most about 30 ms now and then; nothing here rejects except `load`.
 * - Concurrent misses each load. Sharing a load would hand a reader a value from before its own write.
 */
@Injectable()
export class ReadThroughCache {
  constructor(private readonly cache: Cache) {}

  /** What is cached under `key`, else what it loads. Entries live for `ttlMs`, and {@link MAX_TTL_MS} at most. */
  async read<T>(key: string, ttlMs: number, cached: Cached<T>): Promise<T | undefined> {
    const known = cached.recognise(await this.cache.get(key));
    if (known !== undefined) return known;
    const value = await cached.load();
    if (value !== undefined && cached.isFinal(value)) await this.cache.set(key, value, Math.min(ttlMs, MAX_TTL_MS));
    return value;
  }
}
