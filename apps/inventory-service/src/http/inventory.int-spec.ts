import { anOrderId } from '@app/testing';
import { aPayment, startInventory, type InventorySystem } from '../../test/inventory-system';
import type {
  AdjustmentResponse,
  InventoryResponse,
  MovementListResponse,
  ProductResponse,
} from './inventory.response';

let system: InventorySystem;

beforeAll(async () => {
  system = await startInventory();
});
afterAll(() => system.close());

describe('the list', () => {
  it('comes in pages which together hold every product once, whatever its id', async () => {
    const odd = ['😀'.repeat(100), 'a/b ü', '~last'];
    for (const productId of odd) await system.addProduct(productId, 1);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: InventoryResponse = await get(`/inventory?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.inventory.map(({ product_id }) => product_id));
      cursor = page.next_cursor;
    }
    const all = await system.query<{ product_id: string }>('SELECT product_id FROM inventory ORDER BY product_id');
    expect(seen).toEqual(all.map(({ product_id }) => product_id));
    expect(seen).toEqual(expect.arrayContaining(odd));
    expect(await get<ProductResponse>(`/inventory/${encodeURIComponent('a/b ü')}`)).toMatchObject({ quantity: 1 });
  });

  it.each([
    '?cursor=nonsense',
    '?limit=0',
    '?limit=101',
    '?page=2',
    `?cursor=${Buffer.from('[1]').toString('base64url')}`,
  ])('refuses %s', async (query) => {
    const { statusCode } = await system.app.inject({ url: `/inventory${query}` });
    expect(statusCode).toBe(400);
  });
});

describe('a product', () => {
  it('is never shown as it was before a change that somebody was told of', async () => {
    await system.addProduct('FRESH', 100);
    for (let sold = 1; sold <= 20; sold += 1) {
      await get('/inventory/FRESH');
      await get('/inventory');
      await system.handle({ payments: [aPayment(anOrderId(), ['FRESH', 1])] });
      expect(await get<ProductResponse>('/inventory/FRESH')).toMatchObject({ quantity: 100 - sold });
      const { inventory } = await get<InventoryResponse>('/inventory');
      expect(inventory.find(({ product_id }) => product_id === 'FRESH')).toMatchObject({ quantity: 100 - sold });
    }
  });

  it('can be read as soon as it was added, even by who has just looked in vain', async () => {
    expect((await system.app.inject({ url: '/inventory/NEW' })).statusCode).toBe(404);
    await system.addProduct('NEW', 3);
    expect(await get<ProductResponse>('/inventory/NEW')).toMatchObject({ quantity: 3, price: 9.95, currency: 'USD' });
  });

  it('exists once, however many add it at the same time', async () => {
    const payload = { product_id: 'ONCE', product_name: 'Once', quantity: 5, price: 1 };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => system.app.inject({ method: 'POST', url: '/inventory', payload })),
    );
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, ...Array<number>(9).fill(409)]);
    expect((await get<MovementListResponse>('/inventory/ONCE/movements')).movements).toHaveLength(1);
  });
});

describe('an adjustment', () => {
  it('never takes more than is there, however many try at the same time', async () => {
    await system.addProduct('SCARCE', 30);
    const answers = await Promise.all(Array.from({ length: 40 }, () => adjust('SCARCE', -1)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(30);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(10);
    expect(await get<ProductResponse>('/inventory/SCARCE')).toMatchObject({ quantity: 0 });
  });

  it('is made once and answered alike, however often it is sent with the same key', async () => {
    await system.addProduct('KEYED', 0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust('KEYED', 7, 'delivery-4711')));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]?.json<AdjustmentResponse>()).toMatchObject({
      product: { quantity: 7 },
      movement: { balance: 7 },
    });
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(19);
    expect(await get<ProductResponse>('/inventory/KEYED')).toMatchObject({ quantity: 7 });
    expect((await adjust('KEYED', 8, 'delivery-4711')).statusCode).toBe(422);
  });

  it('appears in the history, newest first, with the orders between', async () => {
    await system.addProduct('TOLD', 10);
    const orderId = anOrderId();
    await system.handle({ payments: [aPayment(orderId, ['TOLD', 4])] });
    await adjust('TOLD', 5);
    const first = await get<MovementListResponse>('/inventory/TOLD/movements?limit=2');
    expect(first.movements).toMatchObject([
      { reason: 'correction', quantity_delta: 5, balance: 11, order_id: null, actor: 'operator' },
      { reason: 'taken', quantity_delta: -4, balance: 6, order_id: orderId, actor: 'payment-service' },
    ]);
    const rest = await get<MovementListResponse>(`/inventory/TOLD/movements?limit=2&cursor=${first.next_cursor ?? ''}`);
    expect(rest).toMatchObject({ movements: [{ reason: 'initial', balance: 10 }], next_cursor: null });
  });
});

describe('what a person does to a stock', () => {
  it('is announced about the product, in the order in which it was done', async () => {
    await system.addProduct('HEARD', 0);
    await adjust('HEARD', 25, 'note-1', 'delivery');
    await adjust('HEARD', 25, 'note-1', 'delivery');
    await adjust('HEARD', -5);
    expect((await adjust('HEARD', -500)).statusCode).toBe(409);
    const rows = await system.query<{ payload: string; headers: string }>(
      `SELECT type, aggregatetype, sequence, payload, headers FROM outbox WHERE aggregateid = 'HEARD' ORDER BY position`,
    );
    expect(rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as object, headers: undefined }))).toEqual(
      [
        { change: 'added', quantity_delta: 0, remaining: 0 },
        { change: 'delivered', quantity_delta: 25, remaining: 25 },
        { change: 'corrected', quantity_delta: -5, remaining: 20 },
      ].map((payload, n) => {
        return { type: 'stock_adjusted', aggregatetype: 'product', sequence: `${n + 1}`, payload, headers: undefined };
      }),
    );
    const headers = rows.map((row) => JSON.parse(row.headers) as Record<string, string>);
    expect(new Set(headers.map(({ ce_partitionkey: key }) => key))).toEqual(new Set(['HEARD']));
    expect(headers.every(({ ce_correlationid: id = '', ce_causationid: by }) => id !== '' && by === undefined)).toBe(
      true,
    );
  });

  it('may leave it low on stock', async () => {
    await system.addProduct('COUNTED', 30, 12);
    await adjust('COUNTED', -19);
    await adjust('COUNTED', 1);
    await adjust('COUNTED', -1);
    const falls = `SELECT payload::json AS told FROM outbox WHERE type = 'low_stock' AND aggregateid = 'COUNTED' ORDER BY position`;
    expect(await system.query(falls)).toEqual(Array(2).fill({ told: { remaining: 11, threshold: 12 } }));
  });

  it('is read with the threshold, which is ten unless somebody says otherwise', async () => {
    const payload = { product_id: 'PLAIN', product_name: 'Plain', quantity: 5, price: 1 };
    await system.app.inject({ method: 'POST', url: '/inventory', payload });
    expect(await get<ProductResponse>('/inventory/PLAIN')).toMatchObject({ low_stock_threshold: 10 });
    expect(await get<ProductResponse>('/inventory/COUNTED')).toMatchObject({ low_stock_threshold: 12 });
    const wrong = { ...payload, product_id: 'WRONG', low_stock_threshold: -1 };
    expect((await system.app.inject({ method: 'POST', url: '/inventory', payload: wrong })).statusCode).toBe(400);
  });
});

async function get<T>(url: string): Promise<T> {
  const answer = await system.app.inject({ url });
  expect(answer.statusCode).toBe(200);
  return answer.json<T>();
}

function adjust(productId: string, quantityDelta: number, key?: string, reason = 'correction') {
  return system.app.inject({
    method: 'POST',
    url: `/inventory/${productId}/adjustments`,
    payload: { quantity_delta: quantityDelta, reason },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}
