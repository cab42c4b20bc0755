import { anOrderId } from '@app/testing';
import { aCancellation, aPayment, startInventory, type InventorySystem } from '../../test/inventory-system';

let system: InventorySystem;

beforeAll(async () => {
  system = await startInventory();
});
afterAll(() => system.close());

async function allocationOf(orderId: string) {
  const { statusCode, body } = await system.app.inject({ url: `/allocations/${orderId}` });
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
}

describe('what an order has taken from the stock', () => {
  it('is shown from its payment on, until it is given back', async () => {
    const id = anOrderId();
    await system.addProduct('ALLOCATED', 5);
    await system.handle({ payments: [aPayment(id, ['ALLOCATED', 2])] });
    const items = [{ product_id: 'ALLOCATED', quantity: 2 }];
    expect((await allocationOf(id)).body).toMatchObject({ order_id: id, status: 'taken', items });
    await system.handle({ cancellations: [aCancellation(id)] });
    expect((await allocationOf(id)).body).toMatchObject({ status: 'returned', items });
  });

  it('is insufficient when a product was short, and refused when the order was cancelled first', async () => {
    const [short, cancelled] = [anOrderId(), anOrderId()];
    await system.addProduct('SCARCE', 1);
    await system.handle({ payments: [aPayment(short, ['SCARCE', 2])], cancellations: [aCancellation(cancelled)] });
    expect((await allocationOf(short)).body).toMatchObject({ status: 'insufficient' });
    expect((await allocationOf(cancelled)).body).toMatchObject({ status: 'refused', items: [] });
  });

  it('is not found before the order is paid', async () => {
    expect(await allocationOf(anOrderId())).toMatchObject({
      statusCode: 404,
      body: { code: 'INVENTORY.ALLOCATION_NOT_FOUND' },
    });
  });

  it('is asked for with the id of an order', async () => {
    expect((await allocationOf('order-1')).statusCode).toBe(400);
  });
});
