import { anOrderId } from '@app/testing';
import { aCancellation, aPayment, startInventory, type InventorySystem } from '../../test/inventory-system';

let system: InventorySystem;

beforeAll(async () => {
  system = await startInventory();
});
afterAll(() => system.close());

describe('a product that falls below its threshold', () => {
  it('is announced once by a crowd of orders at the same time, by the one that took it there', async () => {
    await system.addProduct('FALLING', 60, 20);
    await Promise.all(
      Array.from({ length: 10 }, () =>
        system.handle({ payments: orderIds(5).map((id) => aPayment(id, ['FALLING', 1])) }),
      ),
    );
    expect(await fallsOf('FALLING')).toEqual([{ sequence: '2', payload: { remaining: 19, threshold: 20 } }]);
  });

  it('is announced again after a return has carried it up to the threshold', async () => {
    await system.addProduct('SWAYING', 21, 20);
    const [first = '', second = ''] = orderIds(2);
    await system.handle({ payments: [aPayment(first, ['SWAYING', 2])] });
    await system.handle({ payments: [aPayment(anOrderId(), ['SWAYING', 1])] });
    await system.handle({ cancellations: [aCancellation(first)] });
    const payment = aPayment(second, ['SWAYING', 5]);
    await system.handle({ payments: [payment] });
    const falls = await fallsOf('SWAYING');
    expect(falls.map(({ payload }) => payload)).toEqual([
      { remaining: 19, threshold: 20 },
      { remaining: 15, threshold: 20 },
    ]);
    const [last] = await system.query<{ headers: string; aggregatetype: string }>(
      `SELECT headers, aggregatetype FROM outbox WHERE aggregateid = 'SWAYING' ORDER BY position DESC LIMIT 1`,
    );
    expect(last?.aggregatetype).toBe('product');
    expect(JSON.parse(last?.headers ?? '')).toMatchObject({ ce_partitionkey: 'SWAYING', ce_causationid: payment.id });
  });

  it('costs no statement of those that do not', async () => {
    await system.addProduct('RICH', 100, 20);
    await system.addProduct('POOR', 20, 20);
    const numbered = () => system.query('SELECT key, last_sequence FROM key_sequences ORDER BY key');
    const before = await numbered();
    await system.handle({ payments: orderIds(10).map((id) => aPayment(id, ['RICH', 1])) });
    expect(await numbered()).toEqual(before);
    await system.handle({ payments: [aPayment(anOrderId(), ['POOR', 1])] });
    expect(await numbered()).not.toEqual(before);
  });
});

function orderIds(count: number): string[] {
  return Array.from({ length: count }, anOrderId);
}

async function fallsOf(productId: string) {
  const rows = await system.query<{ sequence: string; payload: string }>(
    `SELECT sequence, payload FROM outbox WHERE type = 'low_stock' AND aggregateid = $1 ORDER BY position`,
    [productId],
  );
  return rows.map(({ sequence, payload }) => ({ sequence, payload: JSON.parse(payload) as unknown }));
}
