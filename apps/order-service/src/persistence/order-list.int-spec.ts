import { encodeCursor } from '@app/platform';
import { allPages, objectionsTo, plansOf } from '@app/testing';
import { RunningOrderService } from '../../test/running-order-service';
import { OrderReader } from './order.reader';

let service: RunningOrderService;
let lists: OrderReader;
beforeAll(async () => {
  service = await RunningOrderService.start();
  lists = service.provider(OrderReader);
});
afterAll(() => service.stop());

const idOf = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const numberOf = (n: number): string => n.toString(16).toUpperCase().padStart(8, '0').replace(/^.{4}/, '$&-');

/**
 * Orders number `from` to `to`, whose ids rise. The newest tenth is `paid`, of a thousand one is cancelled, the oldest five are
 * `pending`, and the rest is confirmed. They are somebody's, except
 * for one in ten thousand, and for every other one of long ago: those are a former customer's.
 */
async function fill(from: number, to: number, lines = 1, user = 'somebody'): Promise<void> {
  const client = await service.admin.connect();
  try {
    // Foreign keys need not be looked up for rows that are written together.
    await client.query(`SET session_replication_role = replica`);
    await client.query(
      `INSERT INTO orders (order_id, user_id, status, cancellation_reason, total_amount, currency, payment_method,
         correlation_id, deadline_at, event_count, last_event_hash, created_at, updated_at, order_number)
       SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
         CASE WHEN n % 10000 = 7 THEN 'regular' WHEN n % 2 = 0 AND n <= $2 * 0.4 THEN 'former' ELSE $3 END,
         CASE WHEN n % 1000 = 0 THEN 'cancelled' WHEN n <= 5 THEN 'pending' WHEN n > $2 * 0.9 THEN 'paid' ELSE 'confirmed' END,
         CASE WHEN n % 1000 = 0 THEN 'timed_out' END, 10, 'USD', 'card', 'c', now() + interval '1 day', 1, 'hash', now(), now(),
         overlay(lpad(upper(to_hex(n)), 8, '0') PLACING '-' FROM 5 FOR 0)
       FROM generate_series($1::int, $2::int) AS n`,
      [from, to, user],
    );
    await client.query(
      `INSERT INTO order_items (order_id, line_number, product_id, product_name, quantity, price)
       SELECT order_id, line, 'P' || line, 'Product', 1, 0.1 FROM orders, generate_series(1, $3::int) AS line
       WHERE order_id BETWEEN $1 AND $2`,
      [idOf(from), idOf(to), lines],
    );
    await client.query(
      `INSERT INTO order_events (order_id, number, event, to_status, actor, correlation_id, occurred_at, previous_hash, hash)
       SELECT order_id, 1, 'order_created', 'pending', 'customer', 'c', now(), '', 'hash' FROM orders
       WHERE order_id BETWEEN $1 AND $2`,
      [idOf(from), idOf(to)],
    );
    await client.query('RESET session_replication_role');
    await client.query('VACUUM (ANALYZE) orders, order_items, order_events');
  } finally {
    client.release();
  }
}

/** An order, its entry in the index, its line, the trail of a cancelled one: and one order more than is shown. */
const EXACT = { rows: 4 * 21, blocks: 500 };
/** Where no index has the status, it is looked for among ten thousand orders at most; and where that ended, once more. */
const LOOKED_THROUGH = { rows: 20_000 + EXACT.rows, blocks: 20_000 };
const ONE = { rows: 4, blocks: 20 };

describe.each([
  { count: 10_000, from: 0, former: 4 },
  { count: 1_000_000, from: 10_000, former: 394 },
])('among $count orders', ({ count, from, former }) => {
  beforeAll(() => fill(from + 1, count), 120_000);

  const middle = encodeCursor([idOf(count / 2)]);
  it.each([
    ['/orders', EXACT],
    [`/orders?cursor=${middle}`, EXACT],
    ['/orders?limit=100', { rows: 4 * 101, blocks: 1_900 }],
    ['/orders?user_id=somebody', EXACT],
    [`/orders?user_id=somebody&cursor=${middle}`, EXACT],
    ['/orders?user_id=regular', EXACT],
    ['/orders?user_id=nobody', EXACT],
    ['/orders?user_id=former', EXACT],
    [`/orders?user_id=former&cursor=${encodeCursor([idOf(count / 5)])}`, EXACT],
    ['/orders?status=cancelled', EXACT],
    ['/orders?status=paid', EXACT],
    [`/orders?status=confirmed&cursor=${middle}`, EXACT],
    ['/orders?status=pending', LOOKED_THROUGH],
    ['/orders?status=confirmed', LOOKED_THROUGH],
    ['/orders?user_id=somebody&status=cancelled', LOOKED_THROUGH],
    [`/orders?user_id=somebody&status=pending&cursor=${middle}`, LOOKED_THROUGH],
    ['/orders?user_id=regular&status=paid', LOOKED_THROUGH],
    [`/orders?order_number=${numberOf(count / 2)}`, ONE],
    [`/orders?order_number=${numberOf(count / 2)}&user_id=somebody&status=confirmed&cursor=${middle}`, ONE],
    [`/orders?order_number=ZZZZ-ZZZZ`, ONE],
    [`/orders/${idOf(3)}`, ONE],
    [`/orders/${idOf(3)}/events`, ONE],
  ])('%s looks at no more than a page needs', async (url, bounds) => {
    const plans = await plansOf(service.database.adminUrl, async () => {
      const { statusCode, body } = await service.app.inject({ method: 'GET', url });
      if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${body}`);
    });
    expect(objectionsTo(plans, bounds)).toEqual([]);
  });

  it.each([
    { filter: { userId: 'former', status: 'cancelled' as const }, expected: former },
    { filter: { status: 'cancelled' as const }, expected: count / 1_000 },
    { filter: { status: 'pending' as const }, expected: 5 },
  ])(
    'every order of $filter is given once, although a page may end before it is full',
    async ({ filter, expected }) => {
      const found = await allPages<string, string>(async (before) => {
        const { orders, next } = await lists.page(before === undefined ? filter : { ...filter, before }, 100);
        return { items: orders.map(({ order }) => order.orderId), next };
      }, 150);
      expect(found).toHaveLength(expected);
      expect(found).toEqual([...new Set(found)].toSorted().toReversed());
    },
  );
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;

describe('a page of a hundred orders with a hundred lines each', () => {
  it('takes 60 ms of CPU at most', async () => {
    await fill(2_000_101, 2_000_200, 100, 'large');
    const spent: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const before = process.cpuUsage();
      const { orders } = await lists.page({ userId: 'large' }, 100);
      const { user, system } = process.cpuUsage(before);
      spent.push((user + system) / 1_000);
      expect(orders.map(({ lines }) => lines.length)).toEqual(Array.from({ length: 100 }, () => 100));
      expect(orders[0]?.lines.map(({ productId }) => productId).slice(0, 3)).toEqual(['P1', 'P2', 'P3']);
    }
    expect(median(spent)).toBeLessThanOrEqual(60);
  });
});
