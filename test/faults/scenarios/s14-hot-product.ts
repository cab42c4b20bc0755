import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../libs/testing/src/eventually.ts';
import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import { ScenarioCustomers, type Line } from '../scenario-customers.ts';
import type { World } from '../world.ts';

const UNITS = 100;
const ORDERS = 1_000;

/** One or several lines, the hot product first, last, or twice: whoever locks in the order of the lines gets a deadlock. */
function wishes(number: number, hot: string, other: string): Line[] {
  const [one, two] = [
    { product_id: hot, quantity: 1 },
    { product_id: other, quantity: 1 },
  ];
  switch (number % 10) {
    case 0:
    case 1:
      return [one, two];
    case 2:
    case 3:
      return [two, one];
    case 4:
      return [one, one];
    default:
      return [one];
  }
}

async function rush(world: World, customers: ScenarioCustomers, hot: string, other: string): Promise<void> {
  const customer = async (number: number): Promise<void> => {
    const name = `rush_${number}`;
    const orderId = await customers.order(name, wishes(number, hot, other));
    if (orderId === undefined || !world.random.chance(0.1)) return;
    await delay(world.random.next() ** 2 * 3_000);
    await customers.cancel(name, orderId);
  };
  await Promise.all(Array.from({ length: ORDERS }, (_, number) => customer(number)));
}

/**
 * Resolves when every order of the product has its end, and what cancellations give back is on stock, with the units that are
 * sold; undefined, and a finding, when that does not come about.
 */
async function settled(world: World, product: string): Promise<number | undefined> {
  return eventually(
    async () => {
      const [row] = await world.database.query<{ open: string; sold: string; left: string }>(
        `SELECT count(*) FILTER (WHERE status IN ('pending', 'paid')) AS open,
           coalesce(sum(quantity) FILTER (WHERE status = 'confirmed'), 0) AS sold,
           (SELECT quantity FROM inventory WHERE product_id = $1) AS left
         FROM orders JOIN order_items USING (order_id) WHERE product_id = $1`,
        [product],
      );
      const [open, sold, left] = [Number(row?.open), Number(row?.sold), Number(row?.left)];
      if (open > 0 || sold + left !== UNITS) throw new Error(`${open} open, ${sold} sold, ${left} left`);
      return sold;
    },
    { timeoutMs: 120_000, intervalMs: 250 },
  ).catch((error: unknown) => {
    const state = error instanceof Error ? error.message : String(error);
    world.findings.push(...finding('I5', `of ${UNITS} units not all are sold or on stock in the end`, [state]));
    return undefined;
  });
}

/** What cancellations gave back goes to whoever asks next. */
async function sellTheRest(world: World, customers: ScenarioCustomers, hot: string): Promise<number | undefined> {
  let sold = await settled(world, hot);
  for (let wave = 0; wave < 5 && sold !== undefined && sold < UNITS; wave += 1) {
    const late = Array.from({ length: UNITS - sold + 5 }, (_, number) =>
      customers.order(`late_${wave}_${number}`, [{ product_id: hot, quantity: 1 }]),
    );
    await Promise.all(late);
    sold = await settled(world, hot);
  }
  return sold;
}

async function check(world: World, hot: string, sold: number | undefined): Promise<void> {
  const reasons = await world.database.query<{ id: string }>(
    `SELECT DISTINCT o.order_id || ' ' || cancellation_reason AS id FROM orders o JOIN order_items USING (order_id)
     WHERE product_id = $1 AND status = 'cancelled' AND cancellation_reason NOT IN ('out_of_stock', 'cancelled_by_customer')`,
    [hot],
  );
  const deadlocks = await world.database.query<{ id: string }>(
    `SELECT deadlocks || ' deadlocks' AS id FROM pg_stat_database WHERE datname = current_database() AND deadlocks > 0`,
  );
  world.findings.push(
    ...(sold === undefined || sold === UNITS ? [] : finding('I4', `${sold} of ${UNITS} units were sold`, [hot])),
    ...finding(
      'I5',
      'refused for another reason than that nothing was left',
      reasons.map(({ id }) => id),
    ),
    ...finding(
      'I4',
      'locks were not taken in one order',
      deadlocks.map(({ id }) => id),
    ),
  );
}

export const hotProduct: Scenario = {
  id: 'S14',
  title: '1,000 concurrent orders for 100 units, some with several lines, some cancelled',
  decisive: ['I4', 'I5'],
  // Everybody is served at once: later, but all.
  api: { acceptedShare: 1, p99Ms: 14_000, statuses: [] },
  rate: 15,
  async run(world) {
    world.maxReplicas = 2;
    const { cluster } = world;
    const customers = new ScenarioCustomers(world);
    await Promise.all([cluster.addReplica('inventory-service'), cluster.addReplica('payment-service')]);
    const [hot, other] = [await cluster.system.newProduct(UNITS), await cluster.system.newProduct(ORDERS)];
    await world.calm(2);
    await world.fault('1,000 orders for 100 units', () => rush(world, customers, hot.product_id, other.product_id));
    const sold = await world.fault('the rest is sold', () => sellTheRest(world, customers, hot.product_id));
    await check(world, hot.product_id, sold);
    customers.close();
  },
};
