import { minorUnitsOf } from '@app/events';
import { UuidV7Ids } from '@app/platform';
import { migrate } from '@app/postgres';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import pg from 'pg';
import { loadConfig } from '../config';
import { idempotencyKeyOf } from '../domain/gateway-outcome';
import { databaseOptions } from '../payment-service.module';
import { GatewayLedger } from './gateway-ledger';
import { ledgerPool } from './ledger-pool';
import { OutcomeUnknown } from './payment-gateway';
import { SimulatedGateway } from './simulated-gateway';

const ids = new UuidV7Ids();
const amount = minorUnitsOf(4250);
const { signal } = new AbortController();
let database: TestDatabase;
let gateway: SimulatedGateway;
let replica: SimulatedGateway;
let admin: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  await migrate(databaseOptions(loadConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' })));
  const simulator = () =>
    new SimulatedGateway(
      new GatewayLedger(new pg.Pool({ connectionString: database.url, max: 4 })),
      { latencyMs: 0, failureRate: 0 },
      ids,
      { next: () => 0.5 },
    );
  [gateway, replica] = [simulator(), simulator()];
  admin = new pg.Pool({ connectionString: database.url, max: 2 });
});

afterAll(async () => {
  await Promise.all([gateway.onApplicationShutdown(), replica.onApplicationShutdown(), admin.end()]);
  await database.drop();
});

function authorization(orderId: string, paymentMethod = 'credit_card') {
  return { idempotencyKey: idempotencyKeyOf(orderId, 'authorize'), orderId, amount, currency: 'USD', paymentMethod };
}

function followUp(orderId: string, operation: 'capture' | 'void' | 'refund', reference: string) {
  return { idempotencyKey: idempotencyKeyOf(orderId, operation), reference, amount, currency: 'USD' };
}

async function hold(orderId: string, method?: string): Promise<string> {
  const answer = await gateway.authorize(authorization(orderId, method), signal);
  if (answer.kind !== 'authorized') throw new Error(answer.kind);
  return answer.reference;
}

async function outcomes(orderId: string): Promise<string[]> {
  const { rows } = await admin.query<{ outcome: string }>(
    'SELECT outcome FROM gateway_ledger WHERE idempotency_key LIKE $1 ORDER BY created_at, outcome',
    [`${orderId}:%`],
  );
  return rows.map(({ outcome }) => outcome);
}

describe('one authorisation, asked for many times at once', () => {
  it('is one hold with one reference', async () => {
    const orderId = ids.next();
    const asked = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? gateway : replica).authorize(authorization(orderId), signal),
    );
    const answers = new Set((await Promise.all(asked)).map((answer) => JSON.stringify(answer)));
    expect(answers.size).toBe(1);
    expect(await outcomes(orderId)).toEqual(['authorized']);
  });
});

describe('a hold', () => {
  it('is captured, then refunded, and the same answers are given forever', async () => {
    const orderId = ids.next();
    const reference = await hold(orderId);
    for (let time = 0; time < 2; time += 1) {
      expect(await gateway.capture(followUp(orderId, 'capture', reference), signal)).toEqual({ kind: 'captured' });
      expect(await gateway.refund(followUp(orderId, 'refund', reference), signal)).toMatchObject({ kind: 'refunded' });
    }
    expect(await gateway.void(followUp(orderId, 'void', reference), signal)).toEqual({ kind: 'already_captured' });
    expect(await outcomes(orderId)).toEqual(['authorized', 'captured', 'refunded']);
  });

  it('is captured or voided, never both, when both are asked for at once', async () => {
    const orders = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const orderId = ids.next();
        return { orderId, reference: await hold(orderId) };
      }),
    );
    await Promise.all(
      orders.flatMap(({ orderId, reference }) => [
        gateway.capture(followUp(orderId, 'capture', reference), signal),
        replica.void(followUp(orderId, 'void', reference), signal),
      ]),
    );
    for (const { orderId } of orders) {
      const ends = (await outcomes(orderId)).filter((outcome) => ['captured', 'voided'].includes(outcome));
      expect(ends).toHaveLength(1);
    }
  });
});

describe('the test methods', () => {
  it('decline, and refuse to be captured', async () => {
    const orderId = ids.next();
    expect(await gateway.authorize(authorization(orderId, 'test_declined'), signal)).toEqual({
      kind: 'declined',
      reason: 'declined',
    });
    const doomed = ids.next();
    const reference = await hold(doomed, 'test_capture_fails');
    expect(await gateway.capture(followUp(doomed, 'capture', reference), signal)).toEqual({ kind: 'capture_refused' });
    expect(await gateway.void(followUp(doomed, 'void', reference), signal)).toEqual({ kind: 'voided' });
  });

  it('lose the answer after placing the hold, which a look-up then finds', async () => {
    const orderId = ids.next();
    const request = authorization(orderId, 'test_error_after_charge');
    await expect(gateway.authorize(request, signal)).rejects.toThrow(OutcomeUnknown);
    expect(await replica.lookup({ ...request, operation: 'authorize', reference: null }, signal)).toMatchObject({
      kind: 'authorized',
    });
    expect(await gateway.authorize(request, signal)).toMatchObject({ kind: 'authorized' });
    expect(await outcomes(orderId)).toEqual(['authorized']);
  });

  it('hang without holding anything', async () => {
    const request = authorization(ids.next(), 'test_timeout');
    await expect(gateway.authorize(request, AbortSignal.timeout(50))).rejects.toThrow(OutcomeUnknown);
    expect(await gateway.lookup({ ...request, operation: 'authorize', reference: null }, signal)).toBeUndefined();
  });
});

describe('a database session that is ended between two statements of a booking', () => {
  it('makes that booking fail and ends nothing else', async () => {
    const pool = ledgerPool({ databaseUrl: database.url, paymentGatewayTimeoutMs: 5_000 });
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const gone = new Promise((resolve) => client.once('end', resolve));
    await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await gone;
    await expect(client.query('COMMIT')).rejects.toThrow();
    client.release(true);
    await expect(pool.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
    await pool.end();
  });
});
