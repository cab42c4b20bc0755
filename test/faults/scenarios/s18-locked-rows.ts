import pg from 'pg';
import { finding, type Finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** Nine of ten orders that need nothing of what is locked are confirmed so soon. */
const MOST_MS = 2_000;

/** When it was locked, and which product. */
const bands = new WeakMap<World, { readonly product: string; readonly from: Date; readonly to: Date }>();

/** Somebody who locks rows and goes for a coffee. */
async function holding(world: World, statement: string, parameters: unknown[], seconds: number): Promise<void> {
  const client = new pg.Client({ connectionString: world.cluster.system.stack.databaseUrl('admin') });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement, parameters);
    await world.calm(seconds);
  } finally {
    await client.end();
  }
}

async function delayedOrders(world: World): Promise<Finding[]> {
  const band = bands.get(world);
  const [row] = await world.database.query<{ p50: string; p90: string; orders: string }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.9) WITHIN GROUP (ORDER BY ms) AS p90,
       count(*) AS orders
     FROM (
       SELECT 1000 * extract(epoch FROM e.occurred_at - o.created_at) AS ms
       FROM orders o JOIN order_events e USING (order_id)
       WHERE e.to_status = 'confirmed' AND e.from_status <> 'confirmed' AND o.created_at BETWEEN $1 AND $2
         AND NOT EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.order_id AND i.product_id = $3)) AS others`,
    [band?.from, band?.to, band?.product],
  );
  const [p50, p90] = [Number(row?.p50), Number(row?.p90)];
  const figures = `p50 ${Math.round(p50)} ms, p90 ${Math.round(p90)} ms of ${row?.orders ?? 0} orders`;
  return finding(
    'I14',
    'orders of other products waited for a product that is locked',
    p90 <= MOST_MS ? [] : [figures],
  );
}

async function countedAttempts(world: World): Promise<Finding[]> {
  const counted: string[] = [];
  for (const schema of ['order_service', 'payment_service', 'inventory_service', 'notification_service']) {
    const rows = await world.database.query<{ topic: string; error: string }>(
      `SELECT topic, error_message AS error FROM ${schema}.failed_messages WHERE attempts > 0`,
    );
    counted.push(...rows.map(({ topic, error }) => `${schema}, ${topic}: ${error}`));
  }
  return finding('I9', 'a lock was counted as a failure of a message', counted);
}

export const lockedRows: Scenario = {
  id: 'S18',
  title: 'Somebody has locked a product, then open orders and payments, then a table',
  decisive: ['I9', 'I14'],
  // A delivery or a cancellation of what is locked is refused, and all orders while a table is locked that they need.
  api: { acceptedShare: 0.8, p99Ms: 6_500, statuses: [503] },
  async run(world) {
    const [product = ''] = world.products;
    await world.calm(4);
    await world.fault('a product is locked', async () => {
      const from = new Date();
      await holding(world, 'SELECT 1 FROM inventory WHERE product_id = $1 FOR UPDATE', [product], 30);
      bands.set(world, { product, from, to: new Date() });
    });
    await world.calm(14);
    const open = `SELECT 1 FROM orders JOIN payments USING (order_id) WHERE orders.created_at > now() - interval '5 seconds' FOR UPDATE`;
    await world.fault('open orders and their payments are locked', () => holding(world, open, [], 10));
    await world.calm(14);
    await world.fault('the table of payments is locked', () =>
      holding(world, 'LOCK TABLE payments IN ACCESS EXCLUSIVE MODE', [], 8),
    );
    await world.calm(4);
  },
  async afterRest(world) {
    return [...(await delayedOrders(world)), ...(await countedAttempts(world))];
  },
};
