import { Cache, CacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { KeyvAdapter } from 'cache-manager';
import type { CacheStore } from '../src/cache/cache.store';
import { ReadThroughCache, type Cached } from '../src/cache/read-through.cache';

/** One more replica on the same store, wired the way `PlatformCacheModule` does it. */
export async function replicaOn(store: CacheStore): Promise<ReadThroughCache> {
  const imports = [CacheModule.register({ stores: [new KeyvAdapter(store)] })];
  const module = await Test.createTestingModule({ imports }).compile();
  return new ReadThroughCache(module.get(Cache));
}

export interface State {
  readonly state: string;
}

/** An order that ends as `settled`, and that `load` gives. */
export function anOrder(load: () => Promise<State | undefined>): Cached<State> {
  return {
    load,
    isFinal: ({ state }) => state === 'settled',
    recognise: (entry) =>
      typeof entry === 'object' && entry !== null && 'state' in entry ? (entry as State) : undefined,
  };
}

/** The order in this state. */
export function inState(state: string): Cached<State> {
  return anOrder(() => Promise.resolve({ state }));
}

/** What every store must do under a `ReadThroughCache`; run by the fake's and the real Redis's tests. */
export function itBehavesLikeACacheStore(open: () => Promise<CacheStore>): void {
  const unexpected = anOrder(() => Promise.reject(new Error('this should have come from the cache')));
  let store: CacheStore;
  let key = 0;
  const fresh = () => `order:${(key += 1)}`;

  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.disconnect());

  it('serves a second reader, also in another replica, from the cache', async () => {
    const [here, there, order] = [await replicaOn(store), await replicaOn(store), fresh()];
    expect(await here.read(order, 5_000, inState('settled'))).toEqual({ state: 'settled' });
    expect(await here.read(order, 5_000, unexpected)).toEqual({ state: 'settled' });
    expect(await there.read(order, 5_000, unexpected)).toEqual({ state: 'settled' });
  });

  it('forgets a value after its time', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    await cache.read(order, 5_000, inState('settled'));
    const left = await store.ttl(order);
    expect(left).toBeGreaterThan(3_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('keeps neither what may still change nor what is not there', async () => {
    const [here, there, order] = [await replicaOn(store), await replicaOn(store), fresh()];
    expect(
      await here.read(
        order,
        5_000,
        anOrder(() => Promise.resolve(undefined)),
      ),
    ).toBeUndefined();
    expect(await here.read(order, 5_000, inState('open'))).toEqual({ state: 'open' });
    expect(await there.read(order, 5_000, inState('settled'))).toEqual({ state: 'settled' });
    expect(await here.read(order, 5_000, unexpected)).toEqual({ state: 'settled' });
  });

  it.each(['a text', 7, ['settled'], { value: 7 }, { value: { another: 'shape' } }, { value: 'a text' }])(
    'takes an entry %j, which nobody here has written, for none and writes over it',
    async (entry) => {
      const [cache, order] = [await replicaOn(store), fresh()];
      await store.set(order, entry, 5_000);
      expect(await cache.read(order, 5_000, inState('settled'))).toEqual({ state: 'settled' });
      expect(await cache.read(order, 5_000, unexpected)).toEqual({ state: 'settled' });
    },
  );

  it('removes what is deleted', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    await cache.read(order, 5_000, inState('settled'));
    await store.mdel(order);
    await expect(cache.read(order, 5_000, unexpected)).rejects.toThrow('should have come');
  });

  it('is an empty cache after it was disconnected', async () => {
    const [cache, order] = [await replicaOn(store), fresh()];
    await cache.read(order, 5_000, inState('settled'));
    await store.disconnect();
    await expect(cache.read(order, 5_000, unexpected)).rejects.toThrow('should have come');
  });
}
