import { OrderCancelled, OrderConfirmed, OrderCreated } from '@app/events';
import { Transactions } from '@app/messaging';
import { shutDown } from '@app/platform';
import { migrationOptions } from '@app/postgres';
import {
  anEvent,
  anOrderId,
  createTestDatabase,
  eventually,
  infrastructureUrls,
  type TestDatabase,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { loadConfig } from './config';
import * as harness from '../test/replica';
import { databaseOptions } from './payment-service.module';
import { OrderEventsConsumer } from './messaging/order-events.consumer';

const created = (orderId: string, method?: string) => anEvent(OrderCreated, orderId, harness.created(method));
const confirmed = (orderId: string) => anEvent(OrderConfirmed, orderId, harness.confirmed);
const cancelled = (orderId: string, method?: string) => anEvent(OrderCancelled, orderId, harness.cancelled(method));

let database: TestDatabase;
let replicas: NestFastifyApplication[];

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  const { kafka } = infrastructureUrls();
  replicas = [await harness.startReplica(database.url, kafka), await harness.startReplica(database.url, kafka)];
  await harness.recordAnnouncements(replicas[0]!);
});

afterAll(async () => {
  await Promise.all(replicas.map((app) => shutDown(app, 10_000)));
  await database.drop();
});

const follow = (replica: number) => replicas[replica]!.get(OrderEventsConsumer);
const transaction: (typeof Transactions)['prototype']['run'] = (work) => replicas[0]!.get(Transactions).run(work);

async function sql<Row>(text: string, parameters: unknown[] = []): Promise<Row[]> {
  return replicas[0]!.get(DataSource).query<Row[]>(text, parameters);
}

async function payment(orderId: string) {
  return (await harness.get(replicas[1]!, `/payments?order_id=${orderId}`)).body.payments[0];
}

async function announced(orderId: string): Promise<string[]> {
  const rows = await sql<{ type: string }>('SELECT type FROM announcements WHERE order_id = $1 ORDER BY position', [
    orderId,
  ]);
  return rows.map(({ type }) => type);
}

const status = (orderId: string, expected: string) =>
  eventually(async () => expect(await payment(orderId)).toMatchObject({ status: expected }));

describe('a new order', () => {
  it('is held, collected when confirmed, and given back when cancelled; the books say the same', async () => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId)], unitOfWork));
    await status(orderId, 'authorized');
    await transaction((unitOfWork) => follow(0).confirmed([confirmed(orderId)], unitOfWork));
    await status(orderId, 'captured');
    await transaction((unitOfWork) => follow(0).cancelled([cancelled(orderId)], unitOfWork));
    await status(orderId, 'refunded');
    expect(await payment(orderId)).toMatchObject({ amount: 42.5, captured_amount: 42.5, refunded_amount: 42.5 });
    expect(await announced(orderId)).toEqual(['payment_successful', 'payment_captured', 'payment_refunded']);
    const books = await sql('SELECT outcome, amount FROM gateway_ledger WHERE idempotency_key LIKE $1 ORDER BY 1', [
      `${orderId}:%`,
    ]);
    expect(books).toEqual(['authorized', 'captured', 'refunded'].map((outcome) => ({ outcome, amount: '42.50' })));
  });

  it.each([
    ['test_declined', 'declined'],
    ['test_insufficient_funds', 'insufficient_funds'],
  ])('with %s has failed', async (method, reason) => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId, method)], unitOfWork));
    await status(orderId, 'failed');
    expect(await payment(orderId)).toMatchObject({ failure_reason: reason });
    expect(await announced(orderId)).toEqual(['payment_failed']);
  });

  it('whose hold cannot be collected has failed, and nothing stays held', async () => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId, 'test_capture_fails')], unitOfWork));
    await status(orderId, 'authorized');
    await transaction((unitOfWork) => follow(0).confirmed([confirmed(orderId)], unitOfWork));
    await status(orderId, 'failed');
    await transaction((unitOfWork) => follow(0).cancelled([cancelled(orderId, 'test_capture_fails')], unitOfWork));
    await eventually(async () =>
      expect(await announced(orderId)).toEqual(['payment_successful', 'payment_failed', 'payment_refunded']),
    );
    expect(await payment(orderId)).toMatchObject({ status: 'failed', failure_reason: 'capture_failed' });
  });
});

describe('an event that contradicts what is known of an order', () => {
  it.each([
    ['amount', { total_amount: 4999.99 }],
    ['customer', { user_id: 'mallory' }],
    ['currency', { currency: 'INR' }],
  ])('by another %s moves no money', async (what, wrong) => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId)], unitOfWork));
    await status(orderId, 'authorized');
    for (const [kind, event] of [['confirmed', confirmed] as const, ['cancelled', cancelled] as const]) {
      const right = event(orderId);
      const forged = { ...right, payload: { ...right.payload, ...wrong } } as never;
      const told = transaction((unitOfWork) => follow(0)[kind]([forged], unitOfWork));
      await expect(told).rejects.toThrow(`it has another ${what}.`);
    }
    expect(await announced(orderId)).toEqual(['payment_successful']);
    await status(orderId, 'authorized');
  });
});

describe('an answer that is lost', () => {
  it('is found again, and nothing is charged twice', async () => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId, 'test_error_after_charge')], unitOfWork));
    await status(orderId, 'authorized');
    expect(await announced(orderId)).toEqual(['payment_successful']);
  });

  it('stays unknown while the gateway hangs, and ends with the order', async () => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId, 'test_timeout')], unitOfWork));
    await status(orderId, 'unknown');
    await transaction((unitOfWork) => follow(0).cancelled([cancelled(orderId, 'test_timeout')], unitOfWork));
    await status(orderId, 'cancelled');
    expect(await announced(orderId)).toEqual([]);
  });
});

describe('a payment whose worker died', () => {
  it('is taken up by another one when its lease is over', async () => {
    const orderId = anOrderId();
    await transaction((unitOfWork) => follow(0).created([created(orderId)], harness.asOfTheDying(unitOfWork)));
    expect(await payment(orderId)).toMatchObject({ status: 'pending' });
    await status(orderId, 'authorized');
    expect(await announced(orderId)).toEqual(['payment_successful']);
  });
});

describe('two replicas that hear of the same orders at the same moment', () => {
  it('leave nothing held when one hears of the order and the other of its cancellation', async () => {
    const orders = Array.from({ length: 200 }, anOrderId);
    await Promise.all([
      transaction((unitOfWork) =>
        follow(0).created(
          orders.map((id) => created(id)),
          unitOfWork,
        ),
      ),
      transaction((unitOfWork) =>
        follow(1).cancelled(
          orders.toReversed().map((id) => cancelled(id)),
          unitOfWork,
        ),
      ),
      transaction((unitOfWork) =>
        follow(1).created(
          orders.toReversed().map((id) => created(id)),
          unitOfWork,
        ),
      ),
    ]);
    await eventually(async () => {
      const left = await sql(
        `SELECT 1 FROM payments WHERE order_id = ANY ($1) AND (status NOT IN ('voided', 'cancelled') OR operation IS NOT NULL)`,
        [orders],
      );
      expect(left).toHaveLength(0);
    });
    const held = await sql(
      `SELECT reference FROM gateway_ledger GROUP BY reference HAVING count(*) FILTER (WHERE outcome = 'authorized') = 1
       AND count(*) FILTER (WHERE outcome IN ('captured', 'voided')) = 0
       AND bool_or(split_part(idempotency_key, ':', 1) = ANY ($1))`,
      [orders],
    );
    expect(held).toEqual([]);
  });

  it('hold the money once', async () => {
    const orders = Array.from({ length: 200 }, anOrderId);
    await Promise.all(
      [0, 1, 0, 1].map((replica) =>
        transaction((unitOfWork) =>
          follow(replica).created(
            orders.map((id) => created(id)),
            unitOfWork,
          ),
        ),
      ),
    );
    await eventually(async () => {
      const rows = await sql<{ type: string; count: number }>(
        'SELECT type, count(*)::int FROM announcements WHERE order_id = ANY ($1) GROUP BY 1',
        [orders],
      );
      expect(rows).toEqual([{ type: 'payment_successful', count: 200 }]);
    });
  });
});

describe('the migrations', () => {
  it('can be taken back and applied again', async () => {
    const other = await createTestDatabase('payment-service');
    const options = databaseOptions(loadConfig({ DATABASE_URL: other.url }));
    const source = await new DataSource(migrationOptions(options)).initialize();
    await source.runMigrations();
    for (const _ of options.migrations) await source.undoLastMigration();
    expect(await source.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'payment_service'`)).toHaveLength(1);
    expect(await source.runMigrations()).toHaveLength(options.migrations.length);
    await source.destroy();
    await other.drop();
  });
});
