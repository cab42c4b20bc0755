import { CacheStore } from '../src/cache/cache.store';

/** The contract of `CacheStore` in memory, with a switch that makes it as useless as a Redis that is away. */
export class FakeCacheStore extends CacheStore {
  readonly name = 'fake';
  available = true;
  private readonly entries = new Map<string, { text: string; until: number }>();

  get(key: string): Promise<unknown> {
    const text = this.live(key)?.text;
    return Promise.resolve(text === undefined || !this.available ? undefined : (JSON.parse(text) as unknown));
  }

  set(key: string, value: unknown, ttlMs = 60_000): Promise<void> {
    if (this.available) this.entries.set(key, { text: JSON.stringify(value), until: performance.now() + ttlMs });
    return Promise.resolve();
  }

  ttl(key: string): Promise<number> {
    return Promise.resolve((this.live(key)?.until ?? performance.now() - 2) - performance.now());
  }

  del(key: string): Promise<void> {
    if (this.available) this.entries.delete(key);
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.available = false;
    return Promise.resolve();
  }

  private live(key: string) {
    const entry = this.entries.get(key);
    return entry !== undefined && entry.until > performance.now() ? entry : undefined;
  }
}
