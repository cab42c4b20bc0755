import { anOrder, inState, itBehavesLikeACacheStore, replicaOn } from '../../test/cache-store.contract';
import { FakeCacheStore } from '../../test/fake-cache.store';

describe('the fake store', () => itBehavesLikeACacheStore(() => Promise.resolve(new FakeCacheStore())));

describe('a cache whose store is away', () => {
  it('loads every time', async () => {
    const store = new FakeCacheStore();
    store.available = false;
    const cache = await replicaOn(store);
    expect(await cache.read('a', 1_000, inState('settled'))).toEqual({ state: 'settled' });
    expect(await cache.read('a', 1_000, inState('open'))).toEqual({ state: 'open' });
  });

  it('passes the error of a load on', async () => {
    const cache = await replicaOn(new FakeCacheStore());
    const failing = anOrder(() => Promise.reject(new Error('database')));
    await expect(cache.read('a', 1_000, failing)).rejects.toThrow('database');
  });
});
