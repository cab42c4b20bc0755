import { RunningOrderService, DOCUMENTED_REQUEST } from '../../test/running-order-service';

let service: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
});
afterAll(() => service.stop());

describe('the documented request', () => {
  it('is answered with the order, which can be read at once', async () => {
    const { status, headers, body } = await service.post('/orders', DOCUMENTED_REQUEST);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/orders/${body.order_id}`);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('idempotent-replayed')).toBeNull();
    expect(body).toEqual({
      ...DOCUMENTED_REQUEST,
      order_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      order_number: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/),
      status: 'pending',
      cancellation_reason: null,
      total_amount: 1299.99,
      currency: 'USD',
      payment_method: 'credit_card',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: body.created_at,
    });
    expect((await service.get(`/orders/${body.order_id}`)).body).toEqual(body);
    expect((await service.get(`/orders/${body.order_id.toUpperCase()}`)).body).toEqual(body);
  });

  it('keeps the lines as they were given, several of one product too', async () => {
    const line = (product_id: string, quantity: number, price: number) => ({
      product_id,
      product_name: `Nom d’un “${product_id}” 😀 \\ {"}`,
      quantity,
      price,
    });
    const items = [line('B', 2, 0.1), line('A', 1, 0.2), line('B', 10_000, 1_000_000 / 100), line('NULL', 1, 0)];
    const order = await service.place({ items, currency: 'EUR', payment_method: 'paypal' });
    expect(order).toMatchObject({ items, currency: 'EUR', payment_method: 'paypal', total_amount: 100_000_000.4 });
    expect((await service.get(`/orders/${order.order_id}`)).body.items).toEqual(items);
  });

  it('carries its correlation id and trace to the event', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { order_id } = await service.place(
      {},
      { 'x-correlation-id': '019aab12-4c00-7a01-8f00-5d2f6f1c0a07', traceparent, tracestate: 'vendor=1' },
    );
    const [row] = await service.rows<{ headers: string }>('SELECT headers FROM outbox WHERE aggregateid = $1', [
      order_id,
    ]);
    const headers = JSON.parse(row?.headers ?? '{}') as Record<string, string>;
    expect(headers).toMatchObject({ ce_correlationid: '019aab12-4c00-7a01-8f00-5d2f6f1c0a07', tracestate: 'vendor=1' });
    // The caller's trace, with a span id of the event's own.
    expect(headers['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(headers['traceparent']).not.toBe(traceparent);
  });
});

describe('five hundred requests at once', () => {
  it('are all stored, each with one order_created that is the first of its order', async () => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        service.post('/orders', { ...DOCUMENTED_REQUEST, user_id: `crowd_${index}` }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const ids = answers.map(({ body }) => body.order_id);
    expect(new Set(ids).size).toBe(500);
    const stored = await service.rows<{ user_id: string; events: number; sequences: string; types: string }>(
      `SELECT user_id, count(*)::int AS events, string_agg(b.sequence::text, ',') AS sequences, string_agg(b.type, ',') AS types
       FROM orders o JOIN outbox b ON b.aggregateid = o.order_id::text
       WHERE o.order_id = ANY ($1::uuid[]) GROUP BY o.order_id`,
      [ids],
    );
    expect(stored).toHaveLength(500);
    expect(new Set(stored.map(({ user_id }) => user_id)).size).toBe(500);
    expect(stored.filter((row) => row.events !== 1 || row.sequences !== '1' || row.types !== 'order_created')).toEqual(
      [],
    );
    expect(await service.auditProblems()).toEqual([]);
  });
});

describe('a request that is refused', () => {
  const TABLES = ['orders', 'order_items', 'order_events', 'idempotency_keys', 'outbox', 'event_sequences'];
  const [laptop] = DOCUMENTED_REQUEST.items;
  const dear = Array.from({ length: 100 }, () => ({ ...laptop, quantity: 10_000, price: 1_000_000 }));

  it.each<[string, object, Record<string, string>, number, string]>([
    ['for its body', { user_id: '' }, {}, 400, 'REQUEST.INVALID'],
    ['for its total', { ...DOCUMENTED_REQUEST, items: dear }, {}, 400, 'ORDER.TOTAL_TOO_LARGE'],
    ['for its key', DOCUMENTED_REQUEST, { 'idempotency-key': 'k'.repeat(256) }, 400, 'REQUEST.INVALID_IDEMPOTENCY_KEY'],
    ['for its type', DOCUMENTED_REQUEST, { 'content-type': 'text/plain' }, 415, 'REQUEST.UNSUPPORTED_MEDIA_TYPE'],
  ])('%s stores nothing, not even its key', async (_reason, body, headers, status, code) => {
    const before = await Promise.all(TABLES.map((table) => service.count(table)));
    const answer = await service.post<{ code: string }>('/orders', body, { 'idempotency-key': 'refused', ...headers });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await Promise.all(TABLES.map((table) => service.count(table)))).toEqual(before);
  });

  it('may come again with the same key once it is right', async () => {
    const headers = { 'idempotency-key': 'mended' };
    expect((await service.post('/orders', { user_id: '' }, headers)).status).toBe(400);
    const mended = await service.post('/orders', DOCUMENTED_REQUEST, headers);
    expect([mended.status, mended.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });
});

describe('the list of orders', () => {
  it('shows each order of a user once, newest first, while others are placed', async () => {
    const placed = await Promise.all(Array.from({ length: 23 }, () => service.place({ user_id: 'list_user' })));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await service.get<{ orders: { order_id: string }[]; next_cursor: string | null }>(
        `/orders?user_id=list_user&limit=10${page}`,
      );
      seen.push(...body.orders.map(({ order_id }) => order_id));
      cursor = body.next_cursor;
      await service.place({ user_id: 'list_user' });
    } while (cursor !== null);
    expect(seen).toEqual(
      placed
        .map(({ order_id }) => order_id)
        .toSorted()
        .toReversed(),
    );
  });

  it('ends without a cursor when the last page is full', async () => {
    for (let n = 0; n < 2; n += 1) await service.place({ user_id: 'pair' });
    const { body } = await service.get<{ orders: unknown[]; next_cursor: null }>('/orders?user_id=pair&limit=2');
    expect([body.orders.length, body.next_cursor]).toEqual([2, null]);
  });

  it('can be narrowed to a state', async () => {
    const { order_id } = await service.place({ user_id: 'paying' });
    await service.place({ user_id: 'paying' });
    await service.advance(order_id, 'payment_successful');
    const { body } = await service.get<{ orders: object[] }>('/orders?user_id=paying&status=paid');
    expect(body.orders).toEqual([expect.objectContaining({ order_id, status: 'paid' })]);
  });

  it.each([
    'limit=0',
    'limit=x',
    'status=lost',
    'order_number=7F3U-29QX',
    'cursor=x',
    'cursor=WyJub3QgYW4gaWQiXQ',
    'page=2',
    'user_id=',
  ])('refuses %s', async (query) => {
    expect((await service.get(`/orders?${query}`)).status).toBe(400);
  });
});

describe('an id', () => {
  it.each(['', '/events'])('that nobody has is not found at /orders/:id%s', async (suffix) => {
    const answer = await service.get<{ code: string }>(`/orders/019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11${suffix}`);
    expect([answer.status, answer.body.code]).toEqual([404, 'ORDER.NOT_FOUND']);
  });

  it('that nobody has cannot be cancelled', async () => {
    const answer = await service.post<{ code: string }>('/orders/019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11/cancel');
    expect([answer.status, answer.body.code]).toEqual([404, 'ORDER.NOT_FOUND']);
  });

  it.each(['x', '%00', "'; DROP TABLE orders; --", '1e3'])('like %j is refused', async (id) => {
    expect((await service.get(`/orders/${encodeURIComponent(id)}`)).status).toBe(400);
    expect((await service.post(`/orders/${encodeURIComponent(id)}/cancel`)).status).toBe(400);
  });
});
