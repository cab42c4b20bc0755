import { eventually } from '@app/testing';
import { System } from '../system/system';
import { violations } from '../system/invariants';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

async function statusesOf(productId: string): Promise<Record<string, number>> {
  const rows = await system.sql<{ status: string; orders: string }>(
    `SELECT o.status, count(*) AS orders FROM orders o JOIN order_items i USING (order_id)
     WHERE i.product_id = $1 GROUP BY o.status`,
    [productId],
  );
  return Object.fromEntries(rows.map(({ status, orders }) => [status, Number(orders)]));
}

describe('a thousand customers who want a product of which there are a hundred', () => {
  it('get exactly a hundred of it', async () => {
    const product = await system.newProduct(100);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => system.tryPlace({ user_id: `crowd_${index}`, items: [product] })),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    await eventually(
      async () => expect(await statusesOf(product.product_id)).toEqual({ confirmed: 100, cancelled: 900 }),
      { timeoutMs: 60_000, intervalMs: 250 },
    );
    expect(await system.quantityOf(product.product_id)).toBe(0);
    // Each of 3,000 mails is announced once it is sent, and a busy machine sends a hundred a second.
    await eventually(async () => expect(await violations(system)).toEqual([]), { timeoutMs: 120_000, intervalMs: 500 });
  }, 240_000);
});

describe('a customer who is not sure whether the order went through', () => {
  it('repeats it fifty times at once with one key and has one order', async () => {
    const product = await system.newProduct(10);
    const key = { 'Idempotency-Key': `"retry-${product.product_id}"` };
    const answers = await Promise.all(Array.from({ length: 50 }, () => system.tryPlace({ items: [product] }, key)));
    const accepted = answers.filter(({ status }) => status === 201);
    const rejected = answers.filter(({ status }) => status !== 201);
    expect(new Set(accepted.map(({ body }) => body.order_id)).size).toBe(1);
    expect(rejected.filter(({ status, headers }) => status !== 409 || !headers.has('retry-after'))).toEqual([]);
    const again = await system.tryPlace({ items: [product] }, key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(accepted[0]?.body);
    await eventually(async () => expect(await statusesOf(product.product_id)).toEqual({ confirmed: 1 }));
  });
});
