import { OrderCreated } from '@app/events';
import { Transactions } from '@app/messaging';
import { Metrics, shutDown } from '@app/platform';
import {
  anEvent,
  anOrderId,
  createTestDatabase,
  eventually,
  infrastructureUrls,
  Scrape,
  type TestDatabase,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { created, orderEventsOf, startReplica } from '../../test/replica';

let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  app = await startReplica(database.url, infrastructureUrls().kafka);
});
afterAll(async () => {
  await shutDown(app, 10_000);
  await database.drop();
});

async function scrape(of = app): Promise<Scrape> {
  return new Scrape(await of.get(Metrics).text());
}

async function pay(method: string, andThen: () => void = () => undefined, at = app): Promise<void> {
  const event = anEvent(OrderCreated, anOrderId(), created(method));
  await at.get(Transactions).run(async (unitOfWork) => {
    await orderEventsOf(at).created([event], unitOfWork);
    unitOfWork.beforeCommit(async () => andThen());
  });
}

const outcomes = async (outcome: string): Promise<number | undefined> =>
  (await scrape()).value('payment_outcomes_total', { outcome });

describe('payments', () => {
  it('are counted by what became of them', async () => {
    expect(await outcomes('authorized')).toBe(0);
    for (const method of ['credit_card', 'credit_card', 'test_declined']) await pay(method);
    await eventually(async () => {
      expect([await outcomes('authorized'), await outcomes('declined')]).toEqual([2, 1]);
    });
  });

  it('whose outcome is unknown are shown as such, and for how long', async () => {
    expect((await scrape()).value('payments_unknown')).toBe(0);
    expect((await scrape()).value('payments_oldest_unknown_seconds')).toBe(0);
    await pay('test_timeout');
    await eventually(async () => expect((await scrape()).value('payments_unknown')).toBe(1));
    await app
      .get(DataSource)
      .query(`UPDATE payments SET created_at = now() - interval '5 minutes' WHERE status = 'unknown'`);
    const age = (await scrape()).value('payments_oldest_unknown_seconds') ?? 0;
    expect(age).toBeGreaterThan(295);
    expect(age).toBeLessThan(360);
    // Nothing is found at the gateway, so it is sent again, and in doubt again.
    expect(await outcomes('unknown')).toBeGreaterThanOrEqual(1);
  });

  it('are not counted when their transaction is rolled back', async () => {
    const before = await scrape();
    const refuse = (): void => {
      throw new Error('rolled back');
    };
    await expect(pay('credit_card', refuse)).rejects.toThrow('rolled back');
    expect(await outcomes('authorized')).toBe(before.value('payment_outcomes_total', { outcome: 'authorized' }));
  });
});

describe('payments that are due while nobody takes them up', () => {
  it('are shown with the age of the oldest, and those whose time has not come are not', async () => {
    const own = await createTestDatabase('payment-service');
    const idle = await startReplica(own.url, infrastructureUrls().kafka, { PAYMENT_GATEWAY_SWEEP_MS: '3600000' });
    const due = async (name: string) => (await scrape(idle)).value(name, { kind: 'payment_gateway' });
    try {
      for (let n = 0; n < 3; n += 1) await pay('test_timeout', () => undefined, idle);
      const query = (sql: string) => idle.get(DataSource).query<{ n: number }[]>(sql);
      await eventually(async () =>
        expect(await query(`SELECT count(*)::int AS n FROM payments WHERE status = 'unknown'`)).toEqual([{ n: 3 }]),
      );
      await query(`UPDATE payments SET due_at = now() + interval '1 hour', look_at = now() - interval '1 minute'`);
      expect([await due('due_work'), await due('due_work_oldest_seconds')]).toEqual([0, 0]);
      await query(
        `UPDATE payments SET due_at = now() - interval '90 seconds', look_at = now() - interval '90 seconds'
         WHERE payment_id IN (SELECT payment_id FROM payments LIMIT 2)`,
      );
      expect(await due('due_work')).toBe(2);
      expect(await due('due_work_oldest_seconds')).toBeGreaterThan(85);
      expect(await due('due_work_oldest_seconds')).toBeLessThan(120);
    } finally {
      await shutDown(idle, 10_000);
      await own.drop();
    }
  });
});
