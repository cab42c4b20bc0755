import { infrastructureUrls } from '@app/testing';
import { createClient } from '@redis/client';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inState, itBehavesLikeACacheStore, replicaOn } from '../../test/cache-store.contract';
import { CircuitBreaker } from '../breaker/circuit-breaker';
import { REDIS_BREAKER, RedisStore } from './redis.store';

const url = infrastructureUrls().redisUrl;
const prefix = `test-${process.pid}-${Date.now()}`;

async function connected(address = url, breaker?: CircuitBreaker): Promise<RedisStore> {
  const store = new RedisStore({ url: address, prefix }, breaker);
  while ((await store.ping()) === undefined) await new Promise((resolve) => setImmediate(resolve));
  return store;
}

/** With time enough that a busy machine is not taken for a Redis that does not answer. */
const patient = () => new CircuitBreaker({ ...REDIS_BREAKER, timeoutMs: 5_000 });

describe('the real Redis', () => itBehavesLikeACacheStore(() => connected(url, patient())));

describe('a Redis that has what is no JSON', () => {
  it('is asked again and again all the same: that is not its fault', async () => {
    const [store, redis] = [await connected(url, patient()), createClient({ url })];
    await redis.connect();
    for (let i = 0; i < 50; i += 1) {
      await redis.set(`${prefix}:spoiled:${i}`, '{"value":');
      expect(await store.get(`spoiled:${i}`)).toBeUndefined();
    }
    expect(store.breaker.state).toBe('closed');
    await redis.quit();
    await store.disconnect();
  });
});

describe('a Redis that is not there', () => {
  it('delays nobody and is a miss', async () => {
    const store = new RedisStore({ url: 'redis://127.0.0.1:1', prefix });
    const cache = await replicaOn(store);
    const started = performance.now();
    for (let i = 0; i < 100; i += 1) {
      expect(await cache.read('a', 1_000, inState(`state ${i}`))).toEqual({ state: `state ${i}` });
      await cache.read('a', 1_000, inState('settled'));
    }
    // Waiting for each would take three seconds.
    expect(performance.now() - started).toBeLessThan(1_500);
    await store.disconnect();
  });
});

describe('a Redis that freezes', () => {
  let proxy: Server;
  let frozen = false;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    const target = new URL(url);
    const { connect } = await import('node:net');
    proxy = createServer((near) => {
      const far = connect(Number(target.port || 6379), target.hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      near.on('data', (data) => (frozen ? undefined : far.write(data)));
      far.on('data', (data) => (frozen ? undefined : near.write(data)));
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('costs one time-out, then nothing, and serves again when it is back', async () => {
    const store = await connected(`redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    const cache = await replicaOn(store);
    await cache.read('frozen', 60_000, inState('settled'));
    frozen = true;
    const started = performance.now();
    for (let i = 0; i < 50; i += 1) await cache.read('frozen', 60_000, inState('open'));
    // A time-out each would take longer than one and a half seconds.
    expect(performance.now() - started).toBeLessThan(750);
    frozen = false;
    for (const socket of sockets) socket.destroy();
    while ((await store.ping()) === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(await cache.read('frozen', 60_000, inState('open'))).toEqual({ state: 'settled' });
    await store.disconnect();
  });
});
