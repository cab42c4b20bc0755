import { OrderConfirmed, OrderCreated } from '@app/events';
import { Transactions, type UnitOfWork } from '@app/messaging';
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
import { asOfTheDying, confirmed, created, orderEventsOf, startReplica } from '../../test/replica';
import { loadConfig } from '../config';
import type { GatewayOutcome } from '../domain/gateway-outcome';
import { databaseOptions } from '../payment-service.module';
import { AdvancePayments } from '../use-cases/advance-payments';
import { LeaveIndexesOfPaymentsAlone1764300000000 } from './migrations/1764300000000-leave-indexes-of-payments-alone';
import { PaymentRepository } from './payment.repository';

const LEASE_MS = 60_000;

let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  const patient = { PAYMENT_GATEWAY_LEASE_MS: String(LEASE_MS), PAYMENT_GATEWAY_SWEEP_MS: '60000' };
  app = await startReplica(database.url, infrastructureUrls().kafka, patient);
});

afterAll(async () => {
  await shutDown(app, 10_000);
  await database.drop();
});

/** Nothing is begun after the commit, so whatever happens here the test does. */
function transaction<T>(work: (unitOfWork: UnitOfWork) => Promise<T>): Promise<T> {
  return app.get(Transactions).run((unitOfWork) => work(asOfTheDying(unitOfWork)));
}

async function row(orderId: string): Promise<{ stage: string; due_at: Date | null; look_at: Date | null }> {
  const rows: Awaited<ReturnType<typeof row>>[] = await app
    .get(DataSource)
    .query('SELECT stage, due_at, look_at FROM payments WHERE order_id = $1', [orderId]);
  return rows[0]!;
}

async function place(): Promise<string> {
  const orderId = anOrderId();
  await transaction((unitOfWork) =>
    orderEventsOf(app).created([anEvent(OrderCreated, orderId, created())], unitOfWork),
  );
  return orderId;
}

const confirm = (orderId: string) => (unitOfWork: UnitOfWork) =>
  orderEventsOf(app).confirmed([anEvent(OrderConfirmed, orderId, confirmed)], unitOfWork);

const answer =
  (orderId: string, outcome: GatewayOutcome, lease: Date | null) =>
  (unitOfWork: UnitOfWork): Promise<void> =>
    app.get(AdvancePayments).enqueue(unitOfWork, [{ kind: 'gateway', orderId, lease: lease!, outcome }]);

const HELD: GatewayOutcome = { kind: 'authorized', reference: 'hold' };

interface Updates {
  readonly all: number;
  /** Those that changed the row and no index. */
  readonly hot: number;
}

/** How payments are updated by a unit of work. */
async function updates(work: (unitOfWork: UnitOfWork) => Promise<void>): Promise<Updates> {
  // PostgreSQL counts for the session.
  const counted = async (unitOfWork: UnitOfWork): Promise<Updates> => {
    const rows = await unitOfWork.query<Updates>(`
      SELECT pg_stat_get_xact_tuples_updated('payments'::regclass)::int AS all,
             pg_stat_get_xact_tuples_hot_updated('payments'::regclass)::int AS hot`);
    return rows[0]!;
  };
  let updated: Updates = { all: 0, hot: 0 };
  await transaction(async (unitOfWork) => {
    const before = await counted(unitOfWork);
    // What is gathered is applied at the end of the transaction.
    unitOfWork.beforeCommit(async () => {
      const after = await counted(unitOfWork);
      updated = { all: after.all - before.all, hot: after.hot - before.hot };
    });
    await work(unitOfWork);
  });
  return updated;
}

const claim = (now: Date, leasedUntil: Date) =>
  transaction((unitOfWork) => app.get(PaymentRepository).claim(unitOfWork, 2, now, leasedUntil));

describe('the way of a payment', () => {
  it('changes no index before its end', async () => {
    const orderId = await place();
    const { look_at, due_at } = await row(orderId);
    expect(look_at).toEqual(due_at);

    expect(await updates(answer(orderId, HELD, due_at))).toEqual({ all: 1, hot: 1 });
    expect(await row(orderId)).toEqual({ stage: 'authorized', due_at: null, look_at });

    expect(await updates(confirm(orderId))).toEqual({ all: 1, hot: 1 });
    const capturing = await row(orderId);
    expect(capturing).toMatchObject({ stage: 'capturing', look_at });

    expect(await updates(answer(orderId, { kind: 'captured' }, capturing.due_at))).toEqual({ all: 1, hot: 0 });
    expect(await row(orderId)).toEqual({ stage: 'captured', due_at: null, look_at: null });
  });

  it('is looked at sooner when something is due sooner', async () => {
    const orderId = await place();
    const { due_at } = await row(orderId);
    await transaction(answer(orderId, { kind: 'outcome_unknown' }, due_at));
    const retry = await row(orderId);
    expect(retry.due_at!.getTime()).toBeLessThan(due_at!.getTime());
    expect(retry.look_at).toEqual(retry.due_at);
  });
});

describe('the look for what is due', () => {
  it('leases it, and moves what it finds too early', async () => {
    const [abandoned, waiting, followed, late] = [await place(), await place(), await place(), await place()];
    for (const orderId of [waiting, followed]) {
      await transaction(answer(orderId, HELD, (await row(orderId)).due_at));
    }
    const lastLease = (await row(late)).due_at!.getTime();
    await eventually(() => expect(Date.now() + LEASE_MS).toBeGreaterThan(lastLease + 1));
    await transaction(confirm(followed));
    const capture = (await row(followed)).due_at!;
    // The last moment before the capture is due: all other leases are over.
    const now = new Date(capture.getTime() - 1);
    const until = new Date(now.getTime() + LEASE_MS);

    const claimed: string[] = [];
    for (let found = -1; found !== 0;) {
      const payments = await claim(now, until);
      claimed.push(...payments.map(({ orderId }) => orderId));
      found = payments.length;
    }
    const [first, last] = [claimed.indexOf(abandoned), claimed.indexOf(late)];
    expect([claimed.includes(waiting), claimed.includes(followed)]).toEqual([false, false]);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(last).toBeGreaterThan(first);
    expect(await row(abandoned)).toEqual({ stage: 'authorizing', due_at: until, look_at: until });
    expect(await row(waiting)).toEqual({ stage: 'authorized', due_at: null, look_at: null });
    expect(await row(followed)).toEqual({ stage: 'capturing', due_at: capture, look_at: capture });

    // One that nobody looks at any more is looked at again as soon as something is due.
    await transaction(confirm(waiting));
    const again = await row(waiting);
    expect(again.look_at).toEqual(again.due_at);
    expect(again.due_at).not.toBeNull();
  });
});

describe('the migration', () => {
  it('has payments looked at that were due before it', async () => {
    const other = await createTestDatabase('payment-service');
    const options = databaseOptions(loadConfig({ DATABASE_URL: other.url }));
    const migrate = async (migrations: typeof options.migrations): Promise<DataSource> => {
      const source = await new DataSource(migrationOptions({ ...options, migrations })).initialize();
      await source.runMigrations();
      return source;
    };
    const index = options.migrations.indexOf(LeaveIndexesOfPaymentsAlone1764300000000);
    const before = await migrate(options.migrations.slice(0, index));
    await before.query(`
      INSERT INTO payment_service.payments (payment_id, order_id, user_id, stage, status, amount, currency, items, operation,
        attempts, uncertain, due_at, correlation_id, created_at, updated_at)
      VALUES (gen_random_uuid(), gen_random_uuid(), 'user_123', 'authorizing', 'pending', 1, 'USD', '[]', 'authorize',
        0, false, '2026-01-01', 'c', now(), now())`);
    await before.destroy();
    const source = await migrate(options.migrations);
    const rows: unknown = await source.query(
      'SELECT look_at = due_at AS same, final_status FROM payment_service.payments',
    );
    await source.destroy();
    await other.drop();
    expect(rows).toEqual([{ same: true, final_status: null }]);
  });
});
