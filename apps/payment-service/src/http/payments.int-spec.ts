import { OrderCreated } from '@app/events';
import { Transactions } from '@app/messaging';
import { shutDown } from '@app/platform';
import {
  anEvent,
  anOrderId,
  createTestDatabase,
  eventually,
  infrastructureUrls,
  type TestDatabase,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { created, get, startReplica } from '../../test/replica';
import { OrderEventsConsumer } from '../messaging/order-events.consumer';
import type { PaymentListResponse, PaymentResponse } from './payment.response';

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

describe('the list of payments', () => {
  it('is paged without gaps or repetitions, newest first', async () => {
    const events = Array.from({ length: 7 }, () =>
      anEvent(OrderCreated, anOrderId(), { ...created(), user_id: 'pager' }),
    );
    await app.get(Transactions).run((unitOfWork) => app.get(OrderEventsConsumer).created(events, unitOfWork));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: PaymentListResponse = (await get(app, `/payments?user_id=pager&limit=3${cursor}`)).body;
      seen.push(...page.payments.map(({ payment_id }) => payment_id));
      cursor = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
    }
    expect(seen).toHaveLength(7);
    expect(seen).toEqual(seen.toSorted().toReversed());
    const one = await get<PaymentResponse>(app, `/payments/${seen[0]}`);
    expect(one.body).toMatchObject({ payment_id: seen[0], user_id: 'pager' });
    const none = await get(app, '/payments?user_id=pager&status=refunded');
    expect(none.body).toEqual({ payments: [], next_cursor: null });
  });

  it('finds payments by status, open ones and ended ones', async () => {
    const methods = ['credit_card', 'test_declined', 'test_timeout'];
    const events = methods.map((method) =>
      anEvent(OrderCreated, anOrderId(), { ...created(method), user_id: 'in every state' }),
    );
    await app.get(Transactions).run((unitOfWork) => app.get(OrderEventsConsumer).created(events, unitOfWork));
    await eventually(async () => {
      for (const [index, status] of ['authorized', 'failed', 'unknown'].entries()) {
        const { body } = await get(app, `/payments?user_id=in%20every%20state&status=${status}`);
        expect(body.payments).toMatchObject([{ order_id: events[index]!.orderId, status }]);
      }
    });
    const { body } = await get(app, '/payments?user_id=in%20every%20state&status=captured');
    expect(body.payments).toEqual([]);
  });

  it('shows the call that the gateway has still to answer, and none of a payment at rest', async () => {
    const [asked, declined] = ['test_timeout', 'test_declined'].map((method) =>
      anEvent(OrderCreated, anOrderId(), created(method)),
    ) as [ReturnType<typeof anEvent<typeof OrderCreated>>, ReturnType<typeof anEvent<typeof OrderCreated>>];
    const consumer = app.get(OrderEventsConsumer);
    await app.get(Transactions).run((unitOfWork) => consumer.created([asked, declined], unitOfWork));
    await eventually(async () => {
      const { body } = await get(app, `/payments?order_id=${asked.orderId}`);
      expect(body.payments).toMatchObject([
        {
          status: 'unknown',
          pending: {
            operation: 'authorize',
            outcome_unknown: true,
            next_attempt_at: expect.stringMatching(/^\d{4}-.*Z$/),
          },
        },
      ]);
      expect(body.payments[0]?.pending?.attempts).toBeGreaterThan(0);
      const ended = await get(app, `/payments?order_id=${declined.orderId}`);
      expect(ended.body.payments).toMatchObject([{ status: 'failed', pending: null }]);
    });
  });

  it.each([
    ['/payments?order_id=7', 400, 'REQUEST.INVALID'],
    ['/payments?status=rich', 400, 'REQUEST.INVALID'],
    ['/payments?limit=0', 400, 'REQUEST.INVALID'],
    ['/payments?colour=red', 400, 'REQUEST.INVALID'],
    ['/payments?user_id=', 400, 'REQUEST.INVALID'],
    ['/payments?user_id=a&user_id=b', 400, 'REQUEST.INVALID'],
    ['/payments?cursor=eHl6', 400, 'REQUEST.INVALID_CURSOR'],
    ['/payments/7', 400, 'REQUEST.INVALID'],
    ['/payments/01936f3c-7c02-7d1f-8e21-5b9a3f6c4d18', 404, 'PAYMENT.NOT_FOUND'],
  ])('answers %s with %d %s', async (url, status, code) => {
    expect(await get<object>(app, url)).toMatchObject({ status, body: { code } });
  });
});
