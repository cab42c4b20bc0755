import { shutDown } from '@app/platform';
import { afterEachStatement, allPages, createTestDatabase, infrastructureUrls, type TestDatabase } from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { startReplica } from '../../test/replica';
import { PaymentEntity } from './payment.entity';
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

const COUNT = 20_500;

/** Payments number `from` to `to`, whose ids rise: one in a hundred is `pending`, the others are `authorized`. Nothing is due. */
async function fill(from: number, to: number): Promise<void> {
  await admin.query(
    `INSERT INTO payments (payment_id, order_id, user_id, stage, status, amount, currency, payment_method, items,
       correlation_id, created_at, updated_at)
     SELECT ('01900000-0000-7000-8000-' || hex)::uuid, ('01900000-0000-7001-8000-' || hex)::uuid, 'somebody', status, status,
       10, 'USD', 'card', '[]', 'c', now(), now()
     FROM generate_series($1::int, $2::int) AS n, LATERAL (SELECT lpad(to_hex(n), 12, '0') AS hex,
       CASE WHEN n % 100 = 5 THEN 'pending' ELSE 'authorized' END AS status) AS s`,
    [from, to],
  );
}

async function capture(from: number, to: number): Promise<void> {
  await admin.query(
    `UPDATE payments SET stage = 'captured', status = 'captured' WHERE status = 'authorized' AND payment_id IN (
       SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid FROM generate_series($1::int, $2::int) AS n)`,
    [from, to],
  );
}

/** The numbers of all `pending` payments, newest first, while others end or begin after each statement. */
async function pendingWhile(change: () => Promise<unknown>): Promise<number[]> {
  const reader = new PaymentReader(afterEachStatement(app.get(DataSource).getRepository(PaymentEntity), change));
  return allPages<number, string>(async (before) => {
    const { payments, next } = await reader.page({ status: 'pending', before }, 200);
    return { items: payments.map(({ paymentId }) => Number.parseInt(paymentId.slice(-12), 16)), next };
  }, 10);
}

/** Those of the beginning: whoever came later is newer than the first page. */
const PENDING = Array.from({ length: COUNT / 100 }, (_, n) => n * 100 + 5).toReversed();

describe('a list of pending payments', () => {
  beforeAll(() => fill(1, COUNT), 60_000);

  it('skips none while others are captured', async () => {
    let left = COUNT;
    expect(
      await pendingWhile(async () => {
        await capture(left - 399, left);
        left -= 400;
      }),
    ).toEqual(PENDING);
  });

  it('gives none twice while others begin', async () => {
    let newest = COUNT;
    expect(
      await pendingWhile(async () => {
        await fill(newest + 1, newest + 400);
        newest += 400;
      }),
    ).toEqual(PENDING);
  });
});
