import { Cache, CacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { KeyvAdapter } from 'cache-manager';
import type { CacheStore } from './cache.store';
import { ReadThroughCache } from './read-through.cache';

/** One more replica on the same store, wired the way `PlatformCacheModule` does it. */
export async function replicaOn(store: CacheStore): Promise<ReadThroughCache> {
  const imports = [CacheModule.register({ stores: [new KeyvAdapter(store)] })];
  const module = await Test.createTestingModule({ imports }).compile();
  return new ReadThroughCache(module.get(Cache), store);
}

/** A load whose moment of looking at the database and moment of returning are chosen by the test. */
export function slowLoad<T>(value: T): { load: () => Promise<T>; looked: Promise<void>; finish: () => void } {
  const looked = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const load = async () => {
    looked.resolve();
    await finished.promise;
    return value;
  };
  return { load, looked: looked.promise, finish: finished.resolve };
}

/** What every store must do under a `ReadThroughCache`; run by the fake's and the real Redis's tests. */
export function itBehavesLikeACacheStore(open: () => Promise<CacheStore>): void {
  const unexpected = () => Promise.reject(new Error('this should have come from the cache'));
  let store: CacheStore;
  let key = 0;
  const fresh = () => `order:${(key += 1)}`;

  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.disconnect());

  it('serves a second reader, also in another replica, from the cache', async () => {
    const [here, there, order] = [await replicaOn(store), await replicaOn(store), fresh()];
    expect(await here.read(order, 5_000, () => Promise.resolve({ state: 'paid' }))).toEqual({ state: 'paid' });
    expect(await here.read(order, 5_000, unexpected)).toEqual({ state: 'paid' });
    expect(await there.read(order, 5_000, unexpected)).toEqual({ state: 'paid' });
  });

  it('forgets a value after its time', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    await cache.read(order, 5_000, () => Promise.resolve('old'));
    const left = await store.ttl(order);
    expect(left).toBeGreaterThan(3_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('shows a change to all replicas once it is invalidated', async () => {
    const [here, there, order] = [await replicaOn(store), await replicaOn(store), fresh()];
    await there.read(order, 5_000, () => Promise.resolve('old'));
    await here.invalidate([order]);
    expect(await there.read(order, 5_000, () => Promise.resolve('new'))).toBe('new');
    expect(await here.read(order, 5_000, () => Promise.resolve('newer'))).toBe('newer');
  });

  it('never stores what a reader loaded before the change and finished after it', async () => {
    const [here, there, order] = [await replicaOn(store), await replicaOn(store), fresh()];
    const early = slowLoad('old');
    const reading = there.read(order, 5_000, early.load);
    await early.looked;
    await here.invalidate([order]);
    early.finish();
    expect(await reading).toBe('old');
    expect(await here.read(order, 5_000, () => Promise.resolve('new'))).toBe('new');
    expect(await there.read(order, 5_000, () => Promise.resolve('new'))).toBe('new');
  });

  it('keeps the first of two values loaded at the same time', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    const [one, two] = [slowLoad('one'), slowLoad('two')];
    const reads = [cache.read(order, 5_000, one.load), cache.read(order, 5_000, two.load)];
    await Promise.all([one.looked, two.looked]);
    one.finish();
    await reads[0];
    two.finish();
    await reads[1];
    expect(await cache.read(order, 5_000, unexpected)).toBe('one');
  });

  it('caches neither null nor undefined', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    expect(await cache.read(order, 5_000, () => Promise.resolve(null))).toBeNull();
    expect(await cache.read(order, 5_000, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await cache.read(order, 5_000, () => Promise.resolve(0))).toBe(0);
    expect(await cache.read(order, 5_000, unexpected)).toBe(0);
  });

  it('is an empty cache after it was disconnected', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    await cache.read(order, 5_000, () => Promise.resolve('old'));
    await store.disconnect();
    await cache.invalidate([order]);
    expect(await cache.read(order, 5_000, () => Promise.resolve('new'))).toBe('new');
    cache.onModuleDestroy();
  });
}
