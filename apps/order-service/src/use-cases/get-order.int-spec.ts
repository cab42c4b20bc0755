import { createClient } from '@redis/client';
import { eventually, infrastructureUrls, TcpProxy } from '@app/testing';
import { RunningOrderService } from '../../test/running-order-service';

let service: RunningOrderService;
let replica: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
  replica = await RunningOrderService.start({}, service.database);
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

const statusAt = async (where: RunningOrderService, orderId: string): Promise<string> =>
  (await where.get(`/orders/${orderId}`)).body.status;

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work;
  return { result, ms: performance.now() - started };
}

describe('a reader who waits', () => {
  it('is answered the moment the order is settled, and so is everybody else who waits for it', async () => {
    const { order_id } = await service.place();
    const waits = [order_id, order_id, order_id.toUpperCase()].map((id) => service.get(`/orders/${id}?wait=20s`));
    let answered = 0;
    for (const wait of waits) void wait.then(() => (answered += 1));
    await service.advance(order_id, 'payment_successful');
    expect(await statusAt(service, order_id)).toBe('paid');
    expect(answered).toBe(0);
    const { result, ms } = await timed(service.advance(order_id, 'stock_taken').then(() => Promise.all(waits)));
    expect(result.map(({ body }) => body.status)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(ms).toBeLessThan(2_000);
  });

  it('is answered when another replica settles the order', async () => {
    const { order_id } = await service.place();
    const wait = service.get(`/orders/${order_id}?wait=20s`);
    await replica.advance(order_id, 'payment_failed');
    const { result, ms } = await timed(wait);
    expect(result.body).toMatchObject({ status: 'cancelled', cancellation_reason: 'payment_failed' });
    expect(ms).toBeLessThan(3_000);
  });

  it('is told how things stand when the time is up', async () => {
    const { order_id } = await service.place();
    const { result, ms } = await timed(service.get(`/orders/${order_id}?wait=300ms`));
    expect(result.body.status).toBe('pending');
    expect(ms).toBeGreaterThanOrEqual(299);
    expect(ms).toBeLessThan(2_000);
  });

  it('is not kept waiting for an order that is settled, or that nobody has placed', async () => {
    const { order_id } = await service.place();
    await service.post(`/orders/${order_id}/cancel`);
    const settled = await timed(service.get(`/orders/${order_id}?wait=20s`));
    const unknown = await timed(service.get('/orders/019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11?wait=20s'));
    expect([settled.result.status, unknown.result.status]).toEqual([200, 404]);
    expect(settled.ms + unknown.ms).toBeLessThan(2_000);
  });

  it('may leave without disturbing anybody', async () => {
    const { order_id } = await service.place();
    const leaving = new AbortController();
    const left = service.get(`/orders/${order_id}?wait=20s`, { signal: leaving.signal });
    const stays = service.get(`/orders/${order_id}?wait=20s`);
    leaving.abort();
    await expect(left).rejects.toThrow(/abort/);
    await service.advance(order_id, 'inventory_insufficient');
    expect((await stays).body.cancellation_reason).toBe('out_of_stock');
  });

  it('is let go by a service that stops', async () => {
    const { order_id } = await service.place();
    const stopping = await RunningOrderService.start({}, service.database);
    const wait = stopping.get(`/orders/${order_id}?wait=20s`);
    // Only a request that has arrived can be let go.
    await eventually(async () => {
      const [open] = await service.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%status IN (''confirmed''%' AND datname = current_database()`,
      );
      expect(open?.n).toBeGreaterThan(0);
    });
    const { ms } = await timed(stopping.stop());
    expect((await wait).body.status).toBe('pending');
    expect(ms).toBeLessThan(4_000);
  });
});

describe('what a reader has seen of an order', () => {
  it('is never taken back: a cancelled order is cancelled at every replica that had it confirmed', async () => {
    const { order_id } = await service.place();
    await service.advance(order_id, 'payment_successful', 'stock_taken');
    for (const where of [service, replica]) expect(await statusAt(where, order_id)).toBe('confirmed');
    const cached = await service.rows('SELECT 1 FROM orders WHERE order_id = $1 FOR UPDATE', [order_id]);
    expect(cached).toHaveLength(1);
    const answer = await service.post(`/orders/${order_id}/cancel`);
    expect(answer.body).toMatchObject({ status: 'cancelled', cancellation_reason: 'cancelled_by_customer' });
    for (const where of [replica, service]) expect(await statusAt(where, order_id)).toBe('cancelled');
    for (const where of [replica, service]) expect(await statusAt(where, order_id.toUpperCase())).toBe('cancelled');
  });

  it.each([
    ['the replica that cancels', [0]],
    ['the other one', [1]],
    ['both', [0, 1]],
  ])('is not taken back when Redis was away for %s, and comes back with what it had', async (_, away) => {
    const { redisUrl } = infrastructureUrls();
    const { hostname: host, port } = new URL(redisUrl);
    const networks = await Promise.all([1, 2].map(() => TcpProxy.open({ host, port: Number(port) })));
    const replicas = await Promise.all(
      networks.map((network) =>
        RunningOrderService.start({ env: { REDIS_URL: network.through(redisUrl) } }, service.database),
      ),
    );
    const [one, two] = replicas as [RunningOrderService, RunningOrderService];
    try {
      await eventually(() => expect(networks.map(({ open }) => open)).toEqual([1, 1]));
      const { order_id } = await one.place();
      await one.advance(order_id, 'payment_successful', 'stock_taken');
      for (const where of [one, two, two, one]) expect(await statusAt(where, order_id)).toBe('confirmed');
      for (const index of away) {
        networks[index]?.refuse();
        networks[index]?.cut();
      }
      expect((await one.post(`/orders/${order_id}/cancel`)).body.status).toBe('cancelled');
      const end = performance.now() + 6_000;
      for (const where of [one, two]) expect(await statusAt(where, order_id)).toBe('cancelled');
      for (const network of networks) network.heal();
      // Longer than a client needs to find its way back to Redis.
      while (performance.now() < end)
        for (const where of [two, one]) expect(await statusAt(where, order_id)).toBe('cancelled');
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all(networks.map((network) => network.close()));
    }
  });

  it.each([
    ['of another shape', '"confirmed"'],
    ['of another order', '{"order_id":"019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11","status":"cancelled"}'],
    ['that is no JSON', '{"order_id":'],
  ])('is not what an entry of the cache %s says, and the entry is written over', async (_, entry) => {
    const { order_id } = await service.place();
    await service.advance(order_id, 'payment_failed');
    const redis = createClient({ url: infrastructureUrls().redisUrl });
    await redis.connect();
    const key = `order-service:order:${order_id}`;
    await redis.set(key, entry);
    const { status, body } = await service.get(`/orders/${order_id}`);
    expect([status, body.user_id, body.status]).toEqual([200, 'user_123', 'cancelled']);
    expect(await redis.get(key)).toContain('user_123');
    expect(await redis.pTTL(key)).toBeGreaterThan(0);
    await redis.quit();
  });

  it('comes from the cache once it is settled', async () => {
    const { order_id } = await service.place();
    await service.advance(order_id, 'payment_failed');
    expect(await statusAt(service, order_id)).toBe('cancelled');
    await service.rows('UPDATE orders SET user_id = $2 WHERE order_id = $1', [order_id, 'changed_behind_its_back']);
    expect((await replica.get(`/orders/${order_id}`)).body.user_id).toBe('user_123');
  });

  it('does not go backwards under a crowd of readers, at either replica', async () => {
    const rank = ['pending', 'paid', 'confirmed', 'cancelled'];
    const placed = await Promise.all(Array.from({ length: 10 }, () => service.place()));
    let finished = false;
    const readers = placed.flatMap(({ order_id }) =>
      [service, replica].map(async (where) => {
        const seen: number[] = [];
        while (!finished) seen.push(rank.indexOf(await statusAt(where, order_id)));
        return seen;
      }),
    );
    for (const { order_id } of placed) {
      await service.advance(order_id, 'payment_successful');
      await replica.advance(order_id, 'stock_taken');
      await service.post(`/orders/${order_id}/cancel`);
    }
    finished = true;
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    for (const { order_id } of placed) expect(await statusAt(replica, order_id)).toBe('cancelled');
  });
});
