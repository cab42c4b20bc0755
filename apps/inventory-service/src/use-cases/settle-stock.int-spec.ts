import { anOrderId } from '@app/testing';
import { aCancellation, aPayment, startInventory, type Batch, type InventorySystem } from '../../test/inventory-system';

let system: InventorySystem;

beforeAll(async () => {
  system = await startInventory();
});
afterAll(() => system.close());

describe('1,000 concurrent orders for 100 pieces', () => {
  it('sell exactly 100, some of them in several lines of one order', async () => {
    await system.addProduct('CROWD', 100);
    // Every tenth order wants two pieces, in two lines.
    const payments = orderIds(1_000).map((orderId, n) =>
      n % 10 === 0 ? aPayment(orderId, ['CROWD', 1], ['CROWD', 1]) : aPayment(orderId, ['CROWD', 1]),
    );
    await together(cut(payments, 100).map((part) => ({ payments: part })));
    await expectAccountsToBalance('CROWD', 100);
    expect(await heldOf('CROWD')).toBe(100);
    expect(await announced(payments.map(({ orderId }) => orderId))).toEqual(
      await system.query(
        `SELECT CASE status WHEN 'taken' THEN 'inventory_updated' ELSE 'inventory_insufficient' END AS type,
                count(*)::int AS events FROM stock_allocations WHERE order_id = ANY ($1) GROUP BY 1 ORDER BY 1`,
        [payments.map(({ orderId }) => orderId)],
      ),
    );
  });

  it('sell exactly 100 in the end when many are cancelled before, while or after they take theirs', async () => {
    await system.addProduct('RESTLESS', 100);
    const payments = orderIds(1_000).map((orderId) => aPayment(orderId, ['RESTLESS', 1], ['MOUSE001', 1]));
    const cancellations = payments.filter((_, n) => n % 3 === 0).map(({ orderId }) => aCancellation(orderId));
    const mixed = cut(payments, 50).map((part, n) => ({
      payments: part,
      // Of orders of other batches, which are on their way at the same time on other connections.
      cancellations: cut(cancellations.toReversed(), 17)[n] ?? [],
    }));
    await together(mixed);
    const late = orderIds(200).map((orderId) => aPayment(orderId, ['RESTLESS', 1]));
    await together(cut(late, 20).map((part) => ({ payments: part })));
    await expectAccountsToBalance('RESTLESS', 100);
    expect(await heldOf('RESTLESS')).toBe(100);
    const cancelled = cancellations.map(({ orderId }) => orderId);
    expect(
      await system.query(`SELECT order_id FROM stock_allocations WHERE status = 'taken' AND order_id = ANY ($1)`, [
        cancelled,
      ]),
    ).toEqual([]);
  });
});

describe('an order', () => {
  it('takes nothing once it was cancelled, and nobody is told anything', async () => {
    const orderId = anOrderId();
    await system.handle({ cancellations: [aCancellation(orderId)] });
    await system.handle({ payments: [aPayment(orderId, ['LAPTOP001', 1])] });
    expect(await announced([orderId])).toEqual([]);
    expect(await statusOf(orderId)).toBe('refused');
  });

  it('is announced with what is left, and as the effect of the event that caused it', async () => {
    await system.addProduct('TOLD', 7);
    const payment = aPayment(anOrderId(), ['TOLD', 2], ['TOLD', 3]);
    await system.handle({ payments: [payment] });
    const [row] = await system.query<{ payload: string; headers: string }>(
      'SELECT payload, headers FROM outbox WHERE aggregateid = $1',
      [payment.orderId],
    );
    expect(JSON.parse(row?.payload ?? '')).toEqual({
      user_id: 'user_123',
      change: 'taken',
      items: [{ product_id: 'TOLD', quantity: 5, remaining: 2 }],
    });
    expect(JSON.parse(row?.headers ?? '')).toMatchObject({
      ce_correlationid: payment.cause.correlationId,
      ce_causationid: payment.id,
    });
  });

  it('keeps what it has when somebody says something else of it', async () => {
    await system.addProduct('KEPT', 50);
    const orderId = anOrderId();
    await system.handle({ payments: [aPayment(orderId, ['KEPT', 1])] });
    const stranger = aCancellation(orderId);
    const cancellation = { ...stranger, payload: { ...stranger.payload, user_id: 'mallory' } };
    await expect(system.handle({ cancellations: [cancellation] })).rejects.toThrow('another customer');
    await expect(system.handle({ payments: [aPayment(orderId, ['KEPT', 40])] })).rejects.toThrow(
      'another list of items',
    );
    await expectAccountsToBalance('KEPT', 50);
    expect([await statusOf(orderId), await heldOf('KEPT')]).toEqual(['taken', 1]);
    // Not even the customer of an order of which nothing else is known.
    const fresh = anOrderId();
    const both = { payments: [aPayment(fresh, ['KEPT', 1])], cancellations: [{ ...cancellation, orderId: fresh }] };
    await expect(system.handle(both)).rejects.toThrow('another customer');
    expect(await heldOf('KEPT')).toBe(1);
  });

  it('is told what is missing', async () => {
    const payment = aPayment(anOrderId(), ['TOLD', 9], ['GHOST', 1]);
    await system.handle({ payments: [payment] });
    const [row] = await system.query<{ payload: string }>('SELECT payload FROM outbox WHERE aggregateid = $1', [
      payment.orderId,
    ]);
    expect(JSON.parse(row?.payload ?? '')).toEqual({
      user_id: 'user_123',
      shortages: [
        { product_id: 'TOLD', requested: 9, available: 2, missing: 7, reason: 'insufficient_stock' },
        { product_id: 'GHOST', requested: 1, available: 0, missing: 1, reason: 'unknown_product' },
      ],
    });
  });

  it('that is paid and cancelled in one batch is paid first, and gives back what it took', async () => {
    await system.addProduct('BRIEF', 1);
    const orderId = anOrderId();
    await system.handle({ payments: [aPayment(orderId, ['BRIEF', 1])], cancellations: [aCancellation(orderId)] });
    expect(await statusOf(orderId)).toBe('returned');
    const movements = await system.query(
      `SELECT reason, quantity_delta, balance, actor FROM stock_movements WHERE order_id = $1 ORDER BY id`,
      [orderId],
    );
    expect(movements).toEqual([
      { reason: 'taken', quantity_delta: -1, balance: 0, actor: 'payment-service' },
      { reason: 'returned', quantity_delta: 1, balance: 1, actor: 'order-service' },
    ]);
  });
});

describe('replicas', () => {
  it('never deadlock, whatever products and orders their batches share', async () => {
    const own = await startInventory();
    try {
      const products = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'];
      for (const productId of products) await own.addProduct(productId, 1_000);
      for (let round = 0; round < 8; round += 1) await crossEachOther(own, products);
      expect(await own.closeAndCountDeadlocks()).toBe(0);
    } finally {
      await own.close();
    }
  });
});

/** Every batch pays orders which the next one cancels, in other orders of orders and products, while people adjust. */
async function crossEachOther(own: InventorySystem, products: readonly string[]): Promise<void> {
  const groups = Array.from({ length: 8 }, (_, g) =>
    orderIds(20).map((orderId, n) => aPayment(orderId, [pick(products, n + g), 1], [pick(products, n * 5 + g + 1), 1])),
  );
  await Promise.all(
    groups.map(async (payments, g) => {
      const others = groups[(g + 1) % groups.length] ?? [];
      const cancellations = others.toReversed().map(({ orderId }) => aCancellation(orderId));
      await own.handle({ payments: g % 2 === 0 ? payments : payments.toReversed(), cancellations });
      const payload = { quantity_delta: 1, reason: 'delivery' };
      await own.app.inject({ method: 'POST', url: `/inventory/${pick(products, g)}/adjustments`, payload });
    }),
  );
}

function pick(products: readonly string[], n: number): string {
  return products[n % products.length] ?? '';
}

function orderIds(count: number): string[] {
  return Array.from({ length: count }, anOrderId);
}

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

async function together(batches: readonly Batch[]): Promise<void> {
  await Promise.all(batches.map((batch) => system.handle(batch)));
}

async function heldOf(productId: string): Promise<number> {
  const [row] = await system.query<{ held: number }>(
    `SELECT coalesce(sum((item->>'quantity')::int), 0)::int AS held
     FROM stock_allocations, jsonb_array_elements(items) AS item
     WHERE status = 'taken' AND item->>'product_id' = $1`,
    [productId],
  );
  return row?.held ?? NaN;
}

/** What is left and what orders hold is what there was, and the movements tell the same story without a gap. */
async function expectAccountsToBalance(productId: string, initial: number): Promise<void> {
  const [stock] = await system.query<{ quantity: number; moved: number; gaps: number }>(
    `SELECT quantity, sum(quantity_delta)::int AS moved, count(*) FILTER (WHERE balance <> running)::int AS gaps
     FROM inventory JOIN (
       SELECT *, sum(quantity_delta) OVER (PARTITION BY product_id ORDER BY id) AS running FROM stock_movements
     ) AS m USING (product_id)
     WHERE product_id = $1 GROUP BY quantity`,
    [productId],
  );
  expect(stock).toEqual({ quantity: initial - (await heldOf(productId)), moved: stock?.quantity, gaps: 0 });
}

async function statusOf(orderId: string): Promise<string | undefined> {
  const rows = await system.query<{ status: string }>('SELECT status FROM stock_allocations WHERE order_id = $1', [
    orderId,
  ]);
  return rows[0]?.status;
}

async function announced(ids: readonly string[]): Promise<unknown[]> {
  return system.query(
    'SELECT type, count(*)::int AS events FROM outbox WHERE aggregateid = ANY ($1) GROUP BY 1 ORDER BY 1',
    [ids],
  );
}
