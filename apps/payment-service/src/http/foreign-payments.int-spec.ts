import { OrderCreated } from '@app/events';
import { Transactions } from '@app/messaging';
import { shutDown } from '@app/platform';
import {
  anEvent,
  anOrderId,
  createTestDatabase,
  infrastructureUrls,
  type TestDatabase,
  TestIssuer,
} from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { created, startReplica } from '../../test/replica';
import { OrderEventsConsumer } from '../messaging/order-events.consumer';
import type { PaymentListResponse, PaymentResponse } from './payment.response';

let issuer: TestIssuer;
let database: TestDatabase;
let app: NestFastifyApplication;
beforeAll(async () => {
  issuer = await TestIssuer.create();
  database = await createTestDatabase('payment-service');
  app = await startReplica(database.url, infrastructureUrls().kafka, issuer.env);
});
afterAll(async () => {
  await shutDown(app, 10_000);
  await database.drop();
  await issuer.remove();
});

async function get<Body>(url: string, headers: Record<string, string> = {}) {
  const response = await app.inject({ method: 'GET', url, headers });
  return { status: response.statusCode, body: response.json<Body>() };
}

it('the payment of somebody else is in no list, and is not found', async () => {
  const orderId = anOrderId();
  const event = anEvent(OrderCreated, orderId, { ...created(), user_id: 'alice' });
  await app.get(Transactions).run((unitOfWork) => app.get(OrderEventsConsumer).created([event], unitOfWork));
  const [alice, mallory] = [await issuer.as('alice', 'customer'), await issuer.as('mallory', 'customer')];
  const hers = await get<PaymentListResponse>(`/payments?order_id=${orderId}`, alice);
  expect(hers.body.payments).toMatchObject([{ user_id: 'alice' }]);
  const id = hers.body.payments[0]?.payment_id;
  expect((await get<PaymentResponse>(`/payments/${id}`, alice)).body.order_id).toBe(orderId);
  expect(await get(`/payments/${id}`, mallory)).toMatchObject({ status: 404, body: { code: 'PAYMENT.NOT_FOUND' } });
  expect((await get<PaymentListResponse>(`/payments?order_id=${orderId}`, mallory)).body.payments).toEqual([]);
  expect((await get<PaymentListResponse>('/payments', mallory)).body.payments).toEqual([]);
  expect((await get('/payments?user_id=alice', mallory)).status).toBe(403);
  expect((await get(`/payments/${id}`)).status).toBe(401);
  expect((await get<PaymentResponse>(`/payments/${id}`, await issuer.as('sue', 'support'))).status).toBe(200);
});
