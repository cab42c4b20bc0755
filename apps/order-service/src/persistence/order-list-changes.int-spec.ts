import { afterEachStatement, allPages } from '@app/testing';
import { DataSource } from 'typeorm';
import { RunningOrderService } from '../../test/running-order-service';
import { OrderEventEntity } from './order-event.entity';
import { OrderEntity } from './order.entity';
import { OrderReader } from './order.reader';

let service: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
});
afterAll(() => service.stop());

const COUNT = 20_500;
const ID = `('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;

/** Orders number `from` to `to`, whose ids rise: one in a hundred is `pending`, the others are `paid`. */
async function fill(from: number, to: number): Promise<void> {
  const client = await service.admin.connect();
  try {
    // Foreign keys need not be looked up for rows that are written together.
    await client.query('SET session_replication_role = replica');
    await client.query(
      `INSERT INTO orders (order_id, user_id, status, total_amount, currency, payment_method, correlation_id, deadline_at,
         event_count, last_event_hash, created_at, updated_at, order_number)
       SELECT ${ID}, 'somebody', CASE WHEN n % 100 = 5 THEN 'pending' ELSE 'paid' END, 10, 'USD', 'card', 'c',
         now() + interval '1 day', 1, 'hash', now(), now(), overlay(lpad(upper(to_hex(n)), 8, '0') PLACING '-' FROM 5 FOR 0)
       FROM generate_series($1::int, $2::int) AS n`,
      [from, to],
    );
    await client.query(
      `INSERT INTO order_items (order_id, line_number, product_id, product_name, quantity, price)
       SELECT ${ID}, 1, 'P1', 'Product', 1, 0.1 FROM generate_series($1::int, $2::int) AS n`,
      [from, to],
    );
  } finally {
    client.release(true);
  }
}

async function confirm(from: number, to: number): Promise<void> {
  await service.rows(
    `UPDATE orders SET status = 'confirmed' WHERE status = 'paid' AND order_id IN (
       SELECT ${ID} FROM generate_series($1::int, $2::int) AS n)`,
    [from, to],
  );
}

/** The numbers of all `pending` orders, newest first, while others leave the open ones or come to them after each statement. */
async function pendingWhile(change: () => Promise<unknown>): Promise<number[]> {
  const source = service.provider(DataSource);
  const lists = new OrderReader(
    afterEachStatement(source.getRepository(OrderEntity), change),
    source.getRepository(OrderEventEntity),
  );
  return allPages<number, string>(async (before) => {
    const { orders, next } = await lists.page({ status: 'pending', ...(before === undefined ? {} : { before }) }, 200);
    return { items: orders.map(({ order }) => Number.parseInt(order.orderId.slice(-12), 16)), next };
  }, 10);
}

/** Those of the beginning: whoever came later is newer than the first page, or has never been `pending`. */
const PENDING = Array.from({ length: COUNT / 100 }, (_, n) => n * 100 + 5).toReversed();

describe('a list of pending orders', () => {
  beforeAll(() => fill(1, COUNT), 60_000);

  it('skips none while others are confirmed', async () => {
    let left = COUNT;
    expect(
      await pendingWhile(async () => {
        await confirm(left - 399, left);
        left -= 400;
      }),
    ).toEqual(PENDING);
  });

  it('gives none twice while others are placed', async () => {
    let newest = COUNT;
    expect(
      await pendingWhile(async () => {
        await fill(newest + 1, newest + 400);
        newest += 400;
      }),
    ).toEqual(PENDING);
  });
});
