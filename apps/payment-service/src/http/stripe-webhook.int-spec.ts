import { shutDown } from '@app/platform';
import { anOrderId, createTestDatabase, infrastructureUrls, type TestDatabase } from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHmac } from 'node:crypto';
import * as harness from '../../test/replica';
import { StripeStandIn } from '../../test/stripe-stand-in';

const SECRET = 'whsec_test';
let database: TestDatabase;
let stripe: StripeStandIn;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase('payment-service');
  stripe = new StripeStandIn('sk_test');
  await stripe.start();
  app = await harness.startReplica(database.url, infrastructureUrls().kafka, {
    PAYMENT_GATEWAY: 'stripe',
    STRIPE_SECRET_KEY: 'sk_test',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_URL: stripe.url,
  });
});

afterAll(async () => {
  await shutDown(app, 10_000);
  await stripe.stop();
  await database.drop();
});

function post(payload: string | Buffer, at = Date.now(), type = 'application/json') {
  const timestamp = Math.floor(at / 1_000);
  const signed = createHmac('sha256', SECRET).update(`${timestamp}.`).update(payload).digest('hex');
  const headers = { 'content-type': type, 'stripe-signature': `t=${timestamp},v1=${signed}` };
  return app.inject({ method: 'POST', url: '/webhooks/stripe', headers, payload });
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { a: nested(levels - 1) };
}

describe('a webhook that is signed', () => {
  const good = { id: 'evt_odd', object: 'event', type: 'something.new', data: { object: { id: 'x' } } };

  it.each([
    ['no data', { ...good, data: undefined }],
    ['no object', { ...good, data: { object: null } }],
    ['a list for an object', { ...good, data: { object: [] } }],
    ['no id', { ...good, id: null }],
    ['an id with NUL', { ...good, id: 'evt_\u0000' }],
    ['an id that is too long', { ...good, id: 'e'.repeat(300) }],
    ['a number for an id', { ...good, id: 1 }],
    ['an object for a list of data', { ...good, data: [] }],
    ['a number for a type', { ...good, type: 7 }],
    ['a list', []],
    ['null', null],
    ['a text', 'text'],
  ])('is refused with 400 when it is %s', async (_what, body) => {
    const answer = await post(JSON.stringify(body));
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'WEBHOOK.BAD_EVENT']);
  });

  it.each([
    ['nested deeply', `{"id":"evt_1","type":"a","data":{"object":${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}}}`],
    ['nested deeply, in lists', '['.repeat(40_000) + ']'.repeat(40_000)],
    ['nested in what is not read', JSON.stringify({ ...good, other: nested(40) })],
    ['no JSON', '{"id":'],
    ['nothing', ''],
    ['with a name twice', JSON.stringify(good).replace('{', '{"id":"evt_other",')],
    ['with __proto__', JSON.stringify(good).replace('{', '{"__proto__":{"id":"evt_other"},')],
    ['with half of a surrogate pair', JSON.stringify(good).replace('evt_odd', '\\ud800')],
  ])('is refused with 400 when it is %s', async (_what, payload) => {
    expect((await post(payload)).statusCode).toBe(400);
  });

  it('is refused with 400 or 415 when it is not UTF-8 or not said to be JSON', async () => {
    const latin = Buffer.from(JSON.stringify({ ...good, id: 'evt_é' }), 'latin1');
    expect((await post(latin)).statusCode).toBe(400);
    expect((await post(JSON.stringify(good), Date.now(), 'text/plain')).statusCode).toBe(415);
    expect((await post(JSON.stringify({ ...good, more: 'x'.repeat(110_000) }))).statusCode).toBe(413);
  });

  it.each([
    ['with metadata that is no object', { metadata: 'text' }],
    ['with NUL where the order should be', { metadata: { order_id: '\u0000' } }],
    ['about a payment that is not ours', { object: 'refund', payment_intent: 'pi_of_others' }],
    ['about an order that is not ours', { object: 'charge', metadata: { order_id: anOrderId() } }],
  ])('is taken and changes nothing: %s', async (what, object) => {
    for (const type of ['something.new', 'charge.refunded', 'refund.updated']) {
      const id = `evt_${type}_${what}`.replace(/\W/g, '_');
      expect((await post(JSON.stringify({ ...good, id, type, data: { object } }))).statusCode).toBe(200);
    }
  });

  it('is refused when it is from the future', async () => {
    expect((await post(JSON.stringify(good), Date.now() + 24 * 3_600_000)).json()).toMatchObject({
      status: 400,
      code: 'WEBHOOK.BAD_SIGNATURE',
    });
    expect((await post(JSON.stringify(good), Date.now() + 100_000)).statusCode).toBe(200);
  });
});
