import { encodeCursor } from '@app/platform';
import { objectionsTo, plansOf } from '@app/testing';
import { startInventory, type InventorySystem } from '../../test/inventory-system';

let system: InventorySystem;
beforeAll(async () => {
  system = await startInventory();
});
afterAll(() => system.close());

/**
 * Products and as many movements; every other movement is of the product that everybody buys, and of those of long ago every third
 * one of a product that everybody bought.
 */
async function fill(from: number, to: number): Promise<void> {
  await system.query(
    `INSERT INTO inventory (product_id, product_name, quantity, price, currency, created_at, updated_at)
     SELECT 'P' || lpad(n::text, 9, '0'), 'Product', 5, 1, 'USD', now(), now() FROM generate_series($1::int, $2::int) AS n`,
    [from, to],
  );
  await system.query(
    `INSERT INTO stock_movements (product_id, quantity_delta, balance, reason, actor, created_at)
     SELECT CASE WHEN n % 3 = 0 AND n <= $2 * 0.4 THEN 'P000000009' WHEN n % 2 = 0 THEN 'P000000001' ELSE 'P' || lpad(n::text, 9, '0') END, 1, 1, 'delivery', 'x', now()
     FROM generate_series($1::int, $2::int) AS n`,
    [from, to],
  );
  await system.query('VACUUM (ANALYZE) inventory, stock_movements');
}

const EXACT = { rows: 21, blocks: 100 };
/** The key and the row of each. */
const MOVEMENTS = { rows: 2 * 21, blocks: 200 };

describe.each([
  { count: 10_000, from: 0 },
  { count: 1_000_000, from: 10_000 },
])('among $count products and movements', ({ count, from }) => {
  beforeAll(() => fill(from + 1, count), 120_000);

  const middle = encodeCursor([`P${String(count / 2).padStart(9, '0')}`]);
  const movement = encodeCursor([count / 2]);
  it.each([
    ['', EXACT],
    [`?cursor=${middle}`, EXACT],
    ['?limit=100', { rows: 101, blocks: 400 }],
    ['/P000000001/movements', MOVEMENTS],
    [`/P000000001/movements?cursor=${movement}`, MOVEMENTS],
    ['/P000000001/movements?limit=100', { rows: 2 * 101, blocks: 800 }],
    ['/P000000009/movements', MOVEMENTS],
    [`/P000000009/movements?cursor=${encodeCursor([count / 5])}`, MOVEMENTS],
    ['/P000000005/movements', MOVEMENTS],
    ['/P000000002/movements', MOVEMENTS],
  ])('GET /inventory%s looks at no more than a page needs', async (query, bounds) => {
    const plans = await plansOf(system.adminUrl, async () => {
      const { statusCode, body } = await system.app.inject({ method: 'GET', url: `/inventory${query}` });
      if (statusCode !== 200) throw new Error(`${query}: ${statusCode} ${body}`);
    });
    expect(objectionsTo(plans, bounds)).toEqual([]);
  });
});
