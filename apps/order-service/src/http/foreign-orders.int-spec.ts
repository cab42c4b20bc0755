import { TestIssuer } from '@app/testing';
import { DOCUMENTED_REQUEST, RunningOrderService } from '../../test/running-order-service';
import type { OrderEventListResponse } from './order-event.response';
import type { OrderListResponse } from './order.response';

let issuer: TestIssuer;
let service: RunningOrderService;
beforeAll(async () => {
  issuer = await TestIssuer.create();
  service = await RunningOrderService.start({ env: issuer.env });
});
afterAll(async () => {
  await service.stop();
  await issuer.remove();
});

const { items } = DOCUMENTED_REQUEST;
type Headers = Record<string, string>;

/** An order of hers, placed by herself. */
async function orderOf(alice: Headers): Promise<string> {
  const { status, body } = await service.post('/orders', { items }, alice);
  expect(status).toBe(201);
  return body.order_id;
}

const list = (query: string, headers: Headers) => service.get<OrderListResponse>(`/orders${query}`, { headers });
const events = (id: string, headers: Headers) =>
  service.get<OrderEventListResponse>(`/orders/${id}/events`, { headers });

describe('an order of somebody else', () => {
  it('is not found, whatever is done to it, and nothing happens to it', async () => {
    const [alice, mallory] = [await issuer.as('alice', 'customer'), await issuer.as('mallory', 'customer')];
    const id = await orderOf(alice);
    const reads = [`/orders/${id}`, `/orders/${id}?wait=1s`, `/orders/${id}/events`];
    for (const path of reads) {
      const { status, body } = await service.get(path, { headers: mallory });
      expect([path, status, body]).toMatchObject([path, 404, { code: 'ORDER.NOT_FOUND' }]);
    }
    expect(await service.post(`/orders/${id}/cancel`, { reason: 'ha' }, mallory)).toMatchObject({
      status: 404,
      body: { code: 'ORDER.NOT_FOUND' },
    });
    expect((await service.get(`/orders/${id}`, { headers: alice })).body.status).toBe('pending');
    expect((await events(id, alice)).body.events).toHaveLength(1);
    // Settled orders come from the cache, which knows no owner.
    await service.post(`/orders/${id}/cancel`, undefined, alice);
    for (const headers of [alice, mallory, alice, mallory]) {
      const { status } = await service.get(`/orders/${id}`, { headers });
      expect(status).toBe(headers === alice ? 200 : 404);
    }
  });

  it('is in no list', async () => {
    const [alice, mallory] = [await issuer.as('alice', 'customer'), await issuer.as('mallory', 'customer')];
    const id = await orderOf(alice);
    const { body: order } = await service.get(`/orders/${id}`, { headers: alice });
    expect((await list('', mallory)).body.orders).toEqual([]);
    expect((await list(`?order_number=${order.order_number}`, mallory)).body.orders).toEqual([]);
    expect(await list('?user_id=alice', mallory)).toMatchObject({ status: 403, body: { code: 'REQUEST.FORBIDDEN' } });
    expect(await list('?user_id=nobody', mallory)).toMatchObject({ status: 403, body: { code: 'REQUEST.FORBIDDEN' } });
    expect((await list('', alice)).body.orders.map(({ order_id }) => order_id)).toContain(id);
  });

  it('cannot be placed, nor its Idempotency-Key be taken', async () => {
    const [alice, mallory] = [await issuer.as('alice', 'customer'), await issuer.as('mallory', 'customer')];
    const foreign = await service.post('/orders', { user_id: 'alice', items }, mallory);
    expect(foreign).toMatchObject({ status: 403, body: { code: 'ORDER.FOREIGN_USER' } });
    const key = { 'idempotency-key': 'cart-1' };
    const hers = await service.post('/orders', { items }, { ...alice, ...key });
    const his = await service.post('/orders', { items }, { ...mallory, ...key });
    expect([hers.status, his.status]).toEqual([201, 201]);
    expect([hers.body.user_id, his.body.user_id]).toEqual(['alice', 'mallory']);
    expect(his.headers.get('idempotent-replayed')).toBeNull();
    const again = await service.post('/orders', { items }, { ...alice, ...key });
    expect([again.body.order_id, again.headers.get('idempotent-replayed')]).toEqual([hers.body.order_id, 'true']);
    // The same at once, in one group.
    const both = { 'idempotency-key': 'cart-2' };
    const together = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        service.post('/orders', { items }, { ...(n % 2 ? alice : mallory), ...both }),
      ),
    );
    // Of another group the key may be in use.
    expect(together.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const placed = together.filter(({ status }) => status === 201);
    const byUser = Map.groupBy(placed, ({ body }) => body.user_id);
    const distinct = [...byUser.values()].map((answers) => new Set(answers.map(({ body }) => body.order_id)).size);
    expect(distinct).toEqual([1, 1]);
  });
});

describe('those who help', () => {
  it('see the orders of all, order for a customer, and are named in the trail', async () => {
    const [alice, sue] = [await issuer.as('alice', 'customer'), await issuer.as('sue', 'support')];
    const { status, body } = await service.post('/orders', { user_id: 'alice', items }, sue);
    expect(status).toBe(201);
    expect((await list('?user_id=alice', sue)).body.orders.length).toBeGreaterThan(0);
    await service.post(`/orders/${body.order_id}/cancel`, { reason: 'she called' }, sue);
    const trail = (await events(body.order_id, alice)).body.events;
    expect(trail.map(({ event, actor }) => [event, actor])).toEqual([
      ['order_created', 'support:sue'],
      ['cancel_requested', 'support:sue'],
    ]);
    expect(await service.auditProblems()).toEqual([]);
  });

  it('must say whom they order for', async () => {
    const { status, body } = await service.post('/orders', { items: [] }, await issuer.as('shop', 'service'));
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringMatching(/user_id.*items|items.*user_id/s)]);
  });

  it('are not the owner, who is called customer', async () => {
    const alice = await issuer.as('alice', 'customer');
    const id = await orderOf(alice);
    expect((await events(id, await issuer.as('olga', 'operator'))).body.events).toMatchObject([{ actor: 'customer' }]);
    expect((await service.post(`/orders/${id}/cancel`, undefined, await issuer.as('olga', 'operator'))).status).toBe(
      403,
    );
  });
});
