import { createClient } from '@redis/client';
import { infrastructureUrls, TcpProxy } from '@app/testing';
import { startInventory, type InventorySystem } from '../../test/inventory-system';
import type { InventoryResponse, ProductResponse } from './inventory.response';

const PRODUCT = 'SEEN';

/** What a replica shows of the product's stock: by itself, and in the list. */
async function shownAt({ app }: InventorySystem): Promise<readonly [number | undefined, number | undefined]> {
  const product = await app.inject({ url: `/inventory/${PRODUCT}` });
  const list = await app.inject({ url: '/inventory' });
  expect([product.statusCode, list.statusCode]).toEqual([200, 200]);
  const listed = list.json<InventoryResponse>().inventory.find(({ product_id }) => product_id === PRODUCT);
  return [product.json<ProductResponse>().quantity, listed?.quantity];
}

async function takeOne({ app }: InventorySystem): Promise<void> {
  const url = `/inventory/${PRODUCT}/adjustments`;
  const payload = { quantity_delta: -1, reason: 'correction' };
  expect((await app.inject({ method: 'POST', url, payload })).statusCode).toBe(201);
}

describe('what a reader has seen of the stock', () => {
  let proxies: TcpProxy[];
  let replicas: InventorySystem[];
  let redis: ReturnType<typeof createClient>;

  beforeEach(async () => {
    const { redisUrl } = infrastructureUrls();
    const { hostname: host, port } = new URL(redisUrl);
    proxies = await Promise.all([1, 2].map(() => TcpProxy.open({ host, port: Number(port) })));
    const [one, two] = proxies.map((proxy) => ({
      REDIS_URL: proxy.through(redisUrl),
      INVENTORY_CACHE_TTL_MS: '60000',
    }));
    const first = await startInventory(one);
    replicas = [first, await startInventory(two, first.database)];
    await first.query(
      `INSERT INTO inventory (product_id, product_name, quantity, price, currency, created_at, updated_at)
       VALUES ($1, 'Seen', 100, 9.95, 'USD', now(), now())`,
      [PRODUCT],
    );
    redis = createClient({ url: redisUrl });
    await redis.connect();
    await redis.flushAll();
  });
  afterEach(async () => {
    await redis.quit();
    for (const replica of replicas.toReversed()) await replica.close();
    for (const proxy of proxies) await proxy.close();
  });

  it.each([
    ['the replica that changes it', [0]],
    ['the other one', [1]],
    ['both', [0, 1]],
  ])(
    'is not taken back at any replica when Redis was away for %s, and comes back with what it had',
    async (_, away) => {
      const [one, two] = replicas as [InventorySystem, InventorySystem];
      // A client needs a moment to find its way to Redis: until then it stores nothing.
      for (let reads = 0; reads < 40; reads += 1) for (const replica of replicas) await shownAt(replica);
      for (const index of away) {
        proxies[index]?.refuse();
        proxies[index]?.cut();
      }
      await takeOne(one);
      expect(await shownAt(one)).toEqual([99, 99]);
      expect(await shownAt(two)).toEqual([99, 99]);
      for (const proxy of proxies) proxy.heal();
      // Longer than a client needs to find its way back.
      const end = performance.now() + 6_000;
      while (performance.now() < end) for (const replica of replicas) expect(await shownAt(replica)).toEqual([99, 99]);
    },
  );

  it.each([
    ['of another product', { productId: 'OTHER', productName: 'Other', quantity: 7, price: 1, currency: 'USD' }],
    ['of another shape', { productId: PRODUCT, quantity: -1 }],
    ['that is a number', 7],
  ])('is never what an entry of Redis %s says', async (_, value) => {
    for (const replica of replicas) await shownAt(replica);
    const entry = JSON.stringify({ value, expires: null });
    for (const key of [`product:${PRODUCT}`, 'inventory:first-page'])
      await redis.set(`inventory-service:${key}`, JSON.stringify(entry));
    for (const replica of replicas) expect(await shownAt(replica)).toEqual([100, 100]);
  });
});
