import { eventually } from '@app/testing';
import { RunningOrderService } from '../../test/running-order-service';
import { OrderList } from './order-list';

const MANY = 300_000;

let service: RunningOrderService;
let lists: OrderList;
beforeAll(async () => {
  service = await RunningOrderService.start();
  lists = service.provider(OrderList);
});
afterAll(() => service.stop());

/** Orders whose ids rise with `n`; of a thousand one is cancelled, and the newest few are open. */
async function fill(count: number, lines: number, user: string, from = 0): Promise<void> {
  await service.rows(
    `INSERT INTO orders (order_id, user_id, status, cancellation_reason, total_amount, currency, payment_method,
       correlation_id, deadline_at, event_count, last_event_hash, created_at, updated_at)
     SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n + $3), 12, '0'))::uuid, $2,
       CASE WHEN n % 1000 = 0 THEN 'cancelled' WHEN n > $1 - 5 THEN 'pending' ELSE 'confirmed' END,
       CASE WHEN n % 1000 = 0 THEN 'timed_out' END, 10, 'USD', 'card', 'c', now() + interval '1 day', 0,
       decode(repeat('00', 32), 'hex'), now(), now()
     FROM generate_series(1, $1::int) AS n`,
    [count, user, from],
  );
  await service.rows(
    `INSERT INTO order_items (order_id, line_number, product_id, product_name, quantity, price)
     SELECT order_id, line, 'P' || line, 'Product', 1, 0.1 FROM orders, generate_series(1, $2::int) AS line WHERE user_id = $1`,
    [user, lines],
  );
  await service.rows('ANALYZE orders, order_items');
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;

describe('a page of a hundred orders with a hundred lines each', () => {
  it('takes 60 ms of CPU at the most', async () => {
    await fill(100, 100, 'large', 2 * MANY);
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

describe('lists of many orders', () => {
  beforeAll(() => fill(MANY, 1, 'somebody'));

  /** A session tells of its scans some seconds after its last statement, or at its end. The service takes another one then. */
  async function endSessions(): Promise<void> {
    const ours = `FROM pg_stat_activity WHERE application_name = 'order-service' AND datname = current_database()`;
    const pids = (await service.rows<{ pid: number }>(`SELECT pid, pg_terminate_backend(pid) ${ours}`)).map(
      ({ pid }) => pid,
    );
    await eventually(async () => {
      expect(await service.rows(`SELECT pid ${ours} AND pid = ANY ($1)`, [pids])).toEqual([]);
      expect((await service.get('/orders?limit=1')).status).toBe(200);
    });
  }

  /** How often PostgreSQL has read the whole table, and an index of it, and how many rows by that, since it counts. */
  async function scans(): Promise<{ readonly whole: number; readonly byIndex: number; readonly rows: number }> {
    await endSessions();
    const [row] = await service.rows<{ whole: number; byIndex: number; rows: number }>(
      `SELECT seq_scan::int AS whole, idx_scan::int AS "byIndex", idx_tup_fetch::int AS rows FROM pg_stat_user_tables
       WHERE relname = 'orders' AND schemaname = 'order_service'`,
    );
    return row ?? { whole: 0, byIndex: 0, rows: 0 };
  }

  it.each<{ readonly user_id?: string; readonly status?: string }>([
    {},
    { user_id: 'somebody' },
    { user_id: 'nobody' },
    { status: 'pending' },
    { status: 'paid' },
    { status: 'confirmed' },
    { status: 'cancelled' },
    { user_id: 'somebody', status: 'cancelled' },
    { user_id: 'somebody', status: 'pending' },
  ])('never read the whole table: %j', async (filter) => {
    const before = await scans();
    const taken: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const begun = performance.now();
      const answer = await service.get(`/orders?${new URLSearchParams({ ...filter, limit: '20' }).toString()}`);
      taken.push(performance.now() - begun);
      expect(answer.status).toBe(200);
    }
    const after = await scans();
    expect(after.byIndex).toBeGreaterThanOrEqual(before.byIndex + 5);
    expect(after.whole).toBe(before.whole);
    // Where no index narrows the list down to it, the status is looked for among ten thousand orders at the most, twice.
    const looksThrough = filter.status === 'confirmed' || (filter.user_id !== undefined && filter.status !== undefined);
    expect((after.rows - before.rows) / 5).toBeLessThan(looksThrough ? 20_500 : 200);
    expect(median(taken)).toBeLessThan(150);
  });

  it('give every order that matches once, page after page, although a page may end before it is full', async () => {
    const found: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 100; page += 1) {
      const filter = { userId: 'somebody', status: 'cancelled' as const };
      const { orders, next } = await lists.page(before === undefined ? filter : { ...filter, before }, 100);
      found.push(...orders.map(({ order }) => order.orderId));
      before = next;
      if (next === undefined) break;
    }
    expect(found).toHaveLength(MANY / 1_000);
    expect(found).toEqual([...new Set(found)].toSorted().toReversed());
  });
});
