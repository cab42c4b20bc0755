import type { CacheManagerStore } from 'cache-manager';

/** How long a tombstone refuses values; longer than any load that is still allowed to store its result. */
export const TOMBSTONE_MS = 10_000;

/** What a buried key reads as. Also the text in Redis, so all replicas must agree on it. */
export const TOMBSTONE = '\u2020buried';

/**
 * What the cache needs of its store, below cache-manager's `KeyvAdapter`:
 * `set` stores only where nothing is (a value and a tombstone both refuse it); `del` and `mdel` leave a tombstone
 * of `TOMBSTONE_MS` instead of nothing; no method rejects or takes noticeably long, a failing read is a miss.
 */
export abstract class CacheStore implements CacheManagerStore {
  abstract readonly name: string;
  abstract get(key: string): Promise<unknown>;
  abstract set(key: string, value: unknown, ttlMs?: number): Promise<void>;
  abstract ttl(key: string): Promise<number>;
  /** Writes tombstones over whatever is there; false when that is not certain to have happened. */
  abstract bury(keys: readonly string[]): Promise<boolean>;
  abstract disconnect(): Promise<void>;

  async del(key: string): Promise<void> {
    await this.bury([key]);
  }

  async mdel(...keys: string[]): Promise<void> {
    await this.bury(keys);
  }

  mget(...keys: string[]): Promise<unknown[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  async mset(data: Record<string, unknown>, ttlMs?: number): Promise<void> {
    await Promise.all(Object.entries(data).map(([key, value]) => this.set(key, value, ttlMs)));
  }

  /** Other services share the Redis; nothing lists or clears it. */
  keys(): Promise<string[]> {
    return Promise.resolve([]);
  }
}
