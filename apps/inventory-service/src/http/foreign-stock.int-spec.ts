import { anOrderId, TestIssuer } from '@app/testing';
import { aPayment, startInventory, type InventorySystem } from '../../test/inventory-system';

let issuer: TestIssuer;
let system: InventorySystem;
beforeAll(async () => {
  issuer = await TestIssuer.create();
  system = await startInventory(issuer.env);
});
afterAll(async () => {
  await system.close();
  await issuer.remove();
});

async function ask(method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}, payload?: object) {
  const response = await system.app.inject({ method, url, headers, ...(payload && { payload }) });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}

async function addProduct(product_id: string): Promise<void> {
  const product = { product_id, product_name: product_id, quantity: 5, price: 9.95, low_stock_threshold: 0 };
  expect((await ask('POST', '/inventory', await issuer.as('olga', 'operator'), product)).status).toBe(201);
}

const DELIVERY = { quantity_delta: 5, reason: 'delivery' };

it('anybody sees the products; who changes the stock is an operator, and is named', async () => {
  await addProduct('GUARDED');
  const olga = await issuer.as('olga', 'operator');
  expect((await ask('GET', '/inventory/GUARDED')).status).toBe(200);
  expect((await ask('POST', '/inventory/GUARDED/adjustments', {}, DELIVERY)).status).toBe(401);
  const customer = await issuer.as('alice', 'customer');
  expect((await ask('POST', '/inventory/GUARDED/adjustments', customer, DELIVERY)).status).toBe(403);
  expect((await ask('GET', '/inventory/GUARDED/movements', customer)).status).toBe(403);
  const made = await ask('POST', '/inventory/GUARDED/adjustments', olga, DELIVERY);
  expect([made.status, JSON.stringify(made.body)]).toEqual([expect.any(Number), expect.not.stringContaining('errors')]);
  const { body } = await ask('GET', '/inventory/GUARDED/movements', olga);
  expect(body['movements']).toMatchObject([{ actor: 'operator:olga' }, { quantity_delta: 5 }]);
});

it('what an order of somebody else has taken is not found', async () => {
  const id = anOrderId();
  await addProduct('TAKEN');
  await system.handle({ payments: [aPayment(id, ['TAKEN', 2])] });
  const [allocation] = await system.query<{ user_id: string }>(
    `SELECT user_id FROM stock_allocations WHERE order_id = '${id}'`,
  );
  const owner = await issuer.as(allocation?.user_id ?? '', 'customer');
  expect((await ask('GET', `/allocations/${id}`, owner)).status).toBe(200);
  const mallory = await issuer.as('mallory', 'customer');
  expect(await ask('GET', `/allocations/${id}`, mallory)).toMatchObject({
    status: 404,
    body: { code: 'INVENTORY.ALLOCATION_NOT_FOUND' },
  });
});
