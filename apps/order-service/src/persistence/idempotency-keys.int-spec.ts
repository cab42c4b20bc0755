import { DOCUMENTED_REQUEST, RunningOrderService, type OrderAnswer } from '../../test/running-order-service';

let service: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
});
afterAll(() => service.stop());

let keys = 0;
const aKey = (): string => `key-${(keys += 1)}`;
const post = (key: string, request: object = {}): Promise<OrderAnswer> =>
  service.post('/orders', { ...DOCUMENTED_REQUEST, ...request }, { 'idempotency-key': key });
const ordersOf = (userId: string): Promise<object[]> =>
  service.rows('SELECT order_id FROM orders WHERE user_id = $1', [userId]);

describe('one key', () => {
  it('in many requests at once makes one order, and everyone is told of it or asked to come back', async () => {
    const key = aKey();
    const answers = await Promise.all(Array.from({ length: 60 }, () => post(key, { user_id: key })));
    const accepted = answers.filter(({ status }) => status === 201);
    const busy = answers.filter(({ status }) => status === 409);
    expect(accepted.length).toBeGreaterThan(0);
    expect(accepted.length + busy.length).toBe(60);
    expect(new Set(accepted.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(busy.map(({ headers }) => headers.get('retry-after'))).toEqual(busy.map(() => '1'));
    expect(await ordersOf(key)).toHaveLength(1);
    expect(await service.announcements(accepted[0]!.body.order_id)).toEqual(['order_created']);
  });

  it('in two replicas at once makes one order', async () => {
    const key = aKey();
    const other = await RunningOrderService.start({}, service.database);
    const request = { ...DOCUMENTED_REQUEST, user_id: key };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (n % 2 === 0 ? service : other).post('/orders', request, { 'idempotency-key': key }),
      ),
    );
    await other.stop();
    const accepted = answers.filter(({ status }) => status === 201);
    expect(new Set(accepted.map(({ body }) => body.order_id)).size).toBe(1);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(await ordersOf(key)).toHaveLength(1);
  });

  it('gives the first answer forever, whatever has become of the order', async () => {
    const key = aKey();
    const first = await post(key);
    await service.post(`/orders/${first.body.order_id}/cancel`);
    const again = await post(`"${key}"`);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.body).toEqual(first.body);
  });

  it('knows its request again when it is written differently', async () => {
    const key = aKey();
    const first = await post(key);
    const [laptop] = DOCUMENTED_REQUEST.items;
    const items = [{ price: 1299.99, quantity: 1, ...laptop }];
    const again = await post(key, { currency: 'USD', payment_method: 'credit_card', items });
    expect(again.body).toEqual(first.body);
  });

  it('cannot be used for another request', async () => {
    const key = aKey();
    await post(key, { user_id: key });
    const before = await service.count('outbox');
    const answer = await post(key, { user_id: 'somebody_else' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'ORDER.IDEMPOTENCY_KEY_REUSED' } });
    expect(await service.count('outbox')).toBe(before);
    expect(await ordersOf('somebody_else')).toEqual([]);
  });

  it('cannot be used for another request that arrives in the same moment', async () => {
    const key = aKey();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => post(key, { user_id: `${key}-${n % 2}` })));
    const accepted = answers.filter(({ status }) => status === 201);
    expect(new Set(accepted.map(({ body }) => body.order_id)).size).toBe(1);
    const [winner] = accepted;
    const others = answers.filter((_, n) => `${key}-${n % 2}` !== winner?.body.user_id);
    expect(others.filter(({ status }) => status !== 422 && status !== 409)).toEqual([]);
    expect([...(await ordersOf(`${key}-0`)), ...(await ordersOf(`${key}-1`))]).toHaveLength(1);
  });

  it('that somebody else is using is refused at once instead of waited for', async () => {
    const key = aKey();
    const rival = await service.admin.connect();
    await rival.query('BEGIN');
    await rival.query(`SELECT pg_advisory_xact_lock(hashtextextended('idempotency developer ' || $1, 0))`, [key]);
    const answer = await post(key, { user_id: key });
    await rival.query('ROLLBACK');
    rival.release();
    expect(answer).toMatchObject({ status: 409, body: { code: 'ORDER.IDEMPOTENCY_KEY_IN_USE' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await post(key, { user_id: key })).status).toBe(201);
  });
});

describe('a request without a key', () => {
  it('is a new order each time', async () => {
    const [one, two] = await Promise.all([service.place(), service.place()]);
    expect(one.order_id).not.toBe(two.order_id);
  });
});
