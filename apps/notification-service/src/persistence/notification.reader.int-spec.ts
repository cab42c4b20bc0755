import { encodeCursor } from '@app/platform';
import { anOrderId, objectionsTo, plansOf } from '@app/testing';
import { anEventOf, startNotifications, type NotificationSystem } from '../../test/notification-system';

let system: NotificationSystem;
const model = anOrderId();

beforeAll(async () => {
  system = await startNotifications();
  await system.handle([anEventOf.order_received(model, 'model')]);
});
afterAll(() => system.close());

const idOf = (n: number, what = '7000'): string => `01900000-0000-${what}-8000-${n.toString(16).padStart(12, '0')}`;

/**
 * Copies of a real one, number `from` to `to`, whose ids rise: somebody's, except for one in ten thousand, and for
 * every other one of long ago; two of each order.
 */
async function fill(from: number, to: number): Promise<void> {
  await system.query(
    `INSERT INTO notifications (notification_id, order_id, created_at, sent_at, position, attempts, user_id,
       notification_type, channel, status, recipient, facts, correlation_id)
     SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01900000-0000-7001-8000-' || lpad(to_hex(n / 2), 12, '0'))::uuid, now(), now(), 1, 1,
       CASE WHEN n % 10000 = 7 THEN 'regular' WHEN n % 2 = 0 AND n <= $3 * 0.4 THEN 'former' ELSE 'somebody' END, notification_type,
       CASE n % 2 WHEN 0 THEN 'email' ELSE 'sms' END,
       CASE WHEN n % 1000 = 9 THEN 'failed' WHEN n <= $3 * 0.01 THEN 'logged' ELSE 'sent' END, recipient, facts, 'c'
     FROM notifications, generate_series($2::int, $3::int) AS n WHERE order_id = $1`,
    [model, from, to],
  );
  await system.query('VACUUM (ANALYZE) notifications');
}

/** The key and the row of each. */
const EXACT = { rows: 2 * 21, blocks: 200 };
/** All of an order's, twice when there is something to try, and those that are shown. */
const A_FEW = { rows: 6, blocks: 25 };
/** What one page looks at, twice when there is nothing among it: the list goes on where the look ends. */
const LOOKED_THROUGH = { rows: 20_000 + EXACT.rows, blocks: 20_000 };

describe.each([
  { count: 10_000, from: 0 },
  { count: 1_000_000, from: 10_000 },
])('among $count notifications', ({ count, from }) => {
  beforeAll(() => fill(from + 1, count), 120_000);

  const middle = encodeCursor([idOf(count / 2)]);
  const order = idOf(count / 4, '7001');
  it.each([
    ['', EXACT],
    [`?cursor=${middle}`, EXACT],
    ['?limit=100', { rows: 2 * 101, blocks: 800 }],
    ['?user_id=somebody', EXACT],
    [`?user_id=somebody&cursor=${middle}`, EXACT],
    ['?user_id=regular', EXACT],
    ['?user_id=nobody', EXACT],
    ['?user_id=former', EXACT],
    [`?user_id=former&cursor=${encodeCursor([idOf(count / 5)])}`, EXACT],
    [`?order_id=${order}`, A_FEW],
    [`?order_id=${order}&user_id=somebody`, A_FEW],
    [`?order_id=${order}&user_id=nobody&cursor=${middle}`, A_FEW],
    [`?order_id=${anOrderId()}`, A_FEW],
    [`?order_id=${order}&status=failed&channel=email`, A_FEW],
    ['?status=failed', EXACT],
    [`?status=failed&cursor=${middle}`, EXACT],
    ['?status=logged', EXACT],
    ['?status=undeliverable', EXACT],
    ['?status=sent&channel=sms', LOOKED_THROUGH],
    ['?channel=email&type=order_received', LOOKED_THROUGH],
    ['?status=pending', LOOKED_THROUGH],
    ['?type=payment_failed&channel=sms', LOOKED_THROUGH],
    ['?status=failed&channel=email', LOOKED_THROUGH],
    ['?user_id=somebody&status=failed&type=payment_failed', LOOKED_THROUGH],
    [`?status=pending&cursor=${middle}`, LOOKED_THROUGH],
  ])('GET /notifications%s looks at no more than a page needs', async (query, bounds) => {
    const plans = await plansOf(system.adminUrl, async () => {
      const { status } = await system.inject('GET', `/notifications${query}`);
      expect(status).toBe(200);
    });
    expect(objectionsTo(plans, bounds)).toEqual([]);
  });
});
