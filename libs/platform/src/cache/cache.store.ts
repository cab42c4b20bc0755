import type { CacheManagerStore } from 'cache-manager';

/**
 * What the cache needs of its store, below cache-manager's `KeyvAdapter`: no method rejects or takes noticeably long. A failing
 * read, or an entry that is no JSON, is a miss.
 */
export abstract class CacheStore implements CacheManagerStore {
  abstract readonly name: string;
  abstract get(key: string): Promise<unknown>;
  /** Writes over whatever is there. */
  abstract set(key: string, value: unknown, ttlMs?: number): Promise<void>;
  /** Milliseconds; negative when there is no such entry or nobody can tell. */
  abstract ttl(key: string): Promise<number>;
  abstract del(key: string): Promise<void>;
  abstract disconnect(): Promise<void>;

  async mdel(...keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.del(key)));
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
