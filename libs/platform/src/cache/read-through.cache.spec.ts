import { jest } from '@jest/globals';
import { itBehavesLikeACacheStore, replicaOn, slowLoad } from './cache-store.contract';
import { FakeCacheStore } from './fake-cache.store';
import { MAX_TTL_MS } from './read-through.cache';

describe('the fake store', () => itBehavesLikeACacheStore(() => Promise.resolve(new FakeCacheStore())));

describe('a cache whose store is away', () => {
  let store: FakeCacheStore;
  beforeEach(() => {
    jest.useFakeTimers();
    store = new FakeCacheStore();
  });
  afterEach(() => jest.useRealTimers());

  const from = (value: string) => () => Promise.resolve(value);

  it('loads every time', async () => {
    store.available = false;
    const cache = await replicaOn(store);
    expect(await cache.read('a', 1_000, from('one'))).toBe('one');
    expect(await cache.read('a', 1_000, from('two'))).toBe('two');
  });

  it('passes the error of a load on', async () => {
    const cache = await replicaOn(store);
    await expect(cache.read('a', 1_000, () => Promise.reject(new Error('database')))).rejects.toThrow('database');
  });

  it('does not serve the old value when the store comes back after a lost invalidation', async () => {
    const cache = await replicaOn(store);
    await cache.read('a', MAX_TTL_MS, from('old'));
    store.available = false;
    await cache.invalidate(['a']);
    store.available = true;
    expect(await cache.read('a', MAX_TTL_MS, from('new'))).toBe('new');
    expect(await cache.read('a', MAX_TTL_MS, from('newer'))).toBe('newer');
    cache.onModuleDestroy();
  });

  it('writes a lost invalidation as soon as the store is back, for the sake of the other replicas', async () => {
    const [cache, other] = [await replicaOn(store), await replicaOn(store)];
    await other.read('a', MAX_TTL_MS, from('old'));
    store.available = false;
    await cache.invalidate(['a']);
    await jest.advanceTimersByTimeAsync(1_000);
    store.available = true;
    expect(await other.read('a', MAX_TTL_MS, from('new'))).toBe('old');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await other.read('a', MAX_TTL_MS, from('new'))).toBe('new');
  });

  it('goes on caching the keys that nobody changed', async () => {
    const cache = await replicaOn(store);
    await cache.read('b', MAX_TTL_MS, from('cached'));
    store.available = false;
    await cache.invalidate(['a']);
    store.available = true;
    expect(await cache.read('b', MAX_TTL_MS, from('loaded'))).toBe('cached');
    cache.onModuleDestroy();
  });

  it('trusts nothing any more when more invalidations are lost than it can remember', async () => {
    const cache = await replicaOn(store);
    await cache.read('b', MAX_TTL_MS, from('cached'));
    store.available = false;
    await cache.invalidate(Array.from({ length: 10_001 }, (_, i) => `order:${i}`));
    store.available = true;
    expect(await cache.read('b', MAX_TTL_MS, from('loaded'))).toBe('loaded');
    cache.onModuleDestroy();
  });

  it('does not store what took longer to load than a tombstone protects', async () => {
    const cache = await replicaOn(store);
    const slow = slowLoad('old');
    const reading = cache.read('a', MAX_TTL_MS, slow.load);
    await slow.looked;
    await jest.advanceTimersByTimeAsync(9_000);
    slow.finish();
    expect(await reading).toBe('old');
    expect(await cache.read('a', MAX_TTL_MS, from('new'))).toBe('new');
  });
});
