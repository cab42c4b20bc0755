import { encodeCursor, shutDown } from '@app/platform';
import {
  allPages,
  createTestDatabase,
  infrastructureUrls,
  objectionsTo,
  plansOf,
  type TestDatabase,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { startReplica } from '../../test/replica';
import { PaymentReader } from './payment.reader';

let database: TestDatabase;
let admin: Client;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  app = await startReplica(database.url, infrastructureUrls().kafka);
  admin = new Client({ connectionString: database.adminUrl, options: '-c search_path=payment_service' });
  await admin.connect();
});
afterAll(async () => {
  await shutDown(app, 10_000);
  await admin.end();
  await database.drop();
});

const idOf = (n: number, what = '7000'): string => `01900000-0000-${what}-8000-${n.toString(16).padStart(12, '0')}`;

/**
 * Payments number `from` to `to`, whose ids rise. The newest tenth is `authorized`, of a thousand one has failed, the oldest five are
 * `pending`, the rest is captured. They are somebody's, except
 * for one in ten thousand, and for every other one of long ago: those are a former customer's. Nothing is due.
 */
async function fill(from: number, to: number): Promise<void> {
  await admin.query(
    `INSERT INTO payments (payment_id, order_id, user_id, stage, status, amount, currency, payment_method, items,
       correlation_id, created_at, updated_at)
     SELECT ('01900000-0000-7000-8000-' || hex)::uuid, ('01900000-0000-7001-8000-' || hex)::uuid,
       CASE WHEN n % 10000 = 7 THEN 'regular' WHEN n % 2 = 0 AND n <= $2 * 0.4 THEN 'former' ELSE 'somebody' END, status, status, 10, 'USD', 'card', '[]', 'c', now(), now()
     FROM generate_series($1::int, $2::int) AS n, LATERAL (SELECT lpad(to_hex(n), 12, '0') AS hex,
       CASE WHEN n % 1000 = 0 THEN 'failed' WHEN n <= 5 THEN 'pending' WHEN n > $2 * 0.9 THEN 'authorized'
         ELSE 'captured' END AS status) AS s`,
    [from, to],
  );
  await admin.query('VACUUM (ANALYZE) payments');
}

/** The key and the row of each payment, and one key more than is shown. */
const EXACT = { rows: 2 * 21, blocks: 200 };
/** Where no index has the status, it is looked for among ten thousand payments at most; and where that ended, once more. */
const LOOKED_THROUGH = { rows: 20_000 + EXACT.rows, blocks: 20_000 };
const ONE = { rows: 2, blocks: 12 };

describe.each([
  { count: 10_000, from: 0, former: 4 },
  { count: 1_000_000, from: 10_000, former: 394 },
])('among $count payments', ({ count, from, former }) => {
  beforeAll(() => fill(from + 1, count), 120_000);

  const middle = encodeCursor([idOf(count / 2)]);
  const order = idOf(count / 2, '7001');
  it.each([
    ['', EXACT],
    [`?cursor=${middle}`, EXACT],
    ['?limit=100', { rows: 2 * 101, blocks: 800 }],
    [`?order_id=${order}`, ONE],
    [`?order_id=${order}&user_id=nobody&status=failed`, { rows: 3, blocks: 15 }],
    ['?user_id=somebody', EXACT],
    [`?user_id=somebody&cursor=${middle}`, EXACT],
    ['?user_id=regular', EXACT],
    ['?user_id=nobody', EXACT],
    ['?user_id=former', EXACT],
    [`?user_id=former&cursor=${encodeCursor([idOf(count / 5)])}`, EXACT],
    ['?status=failed', EXACT],
    [`?status=failed&cursor=${middle}`, EXACT],
    ['?status=refunded', EXACT],
    ['?status=authorized', EXACT],
    [`?status=captured&cursor=${middle}`, EXACT],
    ['?status=captured', LOOKED_THROUGH],
    ['?status=pending', LOOKED_THROUGH],
    ['?user_id=somebody&status=failed', LOOKED_THROUGH],
    [`?user_id=somebody&status=pending&cursor=${middle}`, LOOKED_THROUGH],
    ['?user_id=regular&status=captured', LOOKED_THROUGH],
    [`/${idOf(3)}`, ONE],
  ])('GET /payments%s looks at no more than a page needs', async (query, bounds) => {
    const plans = await plansOf(database.adminUrl, async () => {
      const { statusCode, body } = await app.inject({ method: 'GET', url: `/payments${query}` });
      if (statusCode !== 200) throw new Error(`${query}: ${statusCode} ${body}`);
    });
    expect(objectionsTo(plans, bounds)).toEqual([]);
  });

  it.each([
    { filter: { userId: 'former', status: 'failed' as const }, expected: former },
    { filter: { status: 'failed' as const }, expected: count / 1_000 },
    { filter: { status: 'pending' as const }, expected: 5 },
  ])(
    'every payment of $filter is given once, although a page may end before it is full',
    async ({ filter, expected }) => {
      const found = await allPages<string, string>(async (before) => {
        const { payments, next } = await app.get(PaymentReader).page({ ...filter, before }, 100);
        return { items: payments.map(({ paymentId }) => paymentId), next };
      }, 150);
      expect(found).toHaveLength(expected);
      expect(found).toEqual([...new Set(found)].toSorted().toReversed());
    },
  );
});
