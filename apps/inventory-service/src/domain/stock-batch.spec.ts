import fc from 'fast-check';
import type { StockAllocation, StockEvent } from './stock-allocation';
import { decideInOrder, type OrderMovement, type OrderStockEvent } from './stock-batch';

const userId = 'user_123';

describe('a batch', () => {
  it('sells exactly what is there to as many orders as it suffices for, in the order in which they come', () => {
    const batch = Array.from({ length: 1_000 }, (_, n) => paid(`order-${n}`, ['LAPTOP001', 1]));
    const { allocations, decisions } = decideInOrder(batch, new Map(), new Map([['LAPTOP001', 100]]));
    const statuses = [...allocations.values()].map(({ status }) => status);
    expect(statuses).toEqual([...Array<string>(100).fill('taken'), ...Array<string>(900).fill('insufficient')]);
    expect(decisions[99]?.movements).toMatchObject([{ orderId: 'order-99', delta: -1, balance: 0, change: 'taken' }]);
  });

  it('sells again what an order in it gave back', () => {
    const batch = [paid('a', ['LAPTOP001', 1]), cancelled('a'), paid('b', ['LAPTOP001', 1])];
    const { allocations } = decideInOrder(batch, new Map(), new Map([['LAPTOP001', 1]]));
    expect([...allocations].map(([orderId, { status }]) => [orderId, status])).toEqual([
      ['a', 'returned'],
      ['b', 'taken'],
    ]);
  });

  it('does not mention orders about which nothing was decided', () => {
    const known = new Map<string, StockAllocation>([['a', { status: 'refused', userId }]]);
    expect(decideInOrder([paid('a', ['LAPTOP001', 1])], known, new Map()).allocations.size).toBe(0);
  });
});

const PRODUCTS = ['A', 'B', 'C'];
const ORDERS = ['1', '2', '3', '4', '5'];
const lines = fc.array(fc.tuple(fc.constantFrom(...PRODUCTS, 'GHOST'), fc.integer({ min: 1, max: 4 })), {
  minLength: 1,
  maxLength: 4,
});
/** An order wants the same whatever is said of it. */
const batchOf = (maxLength: number) =>
  fc
    .record({
      wanted: fc.array(lines, { minLength: ORDERS.length, maxLength: ORDERS.length }),
      event: fc.array(fc.tuple(fc.nat(ORDERS.length - 1), fc.boolean()), { maxLength }),
    })
    .map(({ wanted, event }) =>
      event.map(([n, isPaid]) => (isPaid ? paid(ORDERS[n]!, ...wanted[n]!) : cancelled(ORDERS[n]!))),
    );
const stock = fc.array(fc.nat(12), { minLength: 3, maxLength: 3 });

describe('any order of events, with any duplicates', () => {
  it('never sells what is not there, and accounts for every piece', () => {
    fc.assert(
      fc.property(batchOf(40), stock, (batch, quantities) => {
        const initial = levelsOf(quantities);
        const { decisions, allocations } = decideInOrder(batch, new Map(), initial);
        const movements = decisions.flatMap((decision) => decision.movements);
        for (const productId of PRODUCTS) {
          const chain = movements.filter((movement) => movement.productId === productId);
          expectUnbroken(initial.get(productId) ?? 0, chain);
          const left = chain.at(-1)?.balance ?? initial.get(productId) ?? 0;
          expect(left + heldOf(allocations, productId)).toBe(initial.get(productId));
        }
      }),
    );
  });

  it('comes to the same end however it is cut into batches', () => {
    fc.assert(
      fc.property(batchOf(30), stock, fc.nat(30), (batch, quantities, cut) => {
        const whole = decideInOrder(batch, new Map(), levelsOf(quantities));
        const first = decideInOrder(batch.slice(0, cut), new Map(), levelsOf(quantities));
        const levels = levelsOf(quantities);
        for (const { movements } of first.decisions) movements.forEach((m) => levels.set(m.productId, m.balance));
        const second = decideInOrder(batch.slice(cut), first.allocations, levels);
        expect([...first.decisions, ...second.decisions]).toEqual(whole.decisions);
      }),
    );
  });

  it('leaves nothing with an order that was cancelled, and answers each order at most once', () => {
    fc.assert(
      fc.property(batchOf(40), stock, (batch, quantities) => {
        const { decisions, allocations } = decideInOrder(batch, new Map(), levelsOf(quantities));
        for (const orderId of ORDERS) {
          const ofOrder = batch.flatMap((one, index) => (one.orderId === orderId ? [{ ...one, index }] : []));
          const told = ofOrder.flatMap(({ index }) => decisions[index]?.announcements ?? []);
          const kinds = told.map((one) => (one.type === 'inventory_updated' ? one.change : one.type));
          expect([[], ['taken'], ['taken', 'returned'], ['inventory_insufficient']]).toContainEqual(kinds);
          const wasCancelled = ofOrder.some(({ event }) => event.type === 'order_cancelled');
          if (wasCancelled) expect(allocations.get(orderId)?.status).not.toBe('taken');
        }
      }),
    );
  });
});

function paid(orderId: string, ...wanted: [productId: string, quantity: number][]): OrderStockEvent {
  const items = wanted.map(([productId, quantity]) => ({ productId, quantity }));
  return { orderId, event: { type: 'payment_successful', userId, items } };
}

function cancelled(orderId: string): OrderStockEvent {
  const event: StockEvent = { type: 'order_cancelled', userId };
  return { orderId, event };
}

function levelsOf(quantities: readonly number[]): Map<string, number> {
  return new Map(PRODUCTS.map((productId, index) => [productId, quantities[index] ?? 0]));
}

function expectUnbroken(initial: number, chain: readonly OrderMovement[]): void {
  let level = initial;
  for (const { delta, balance } of chain) {
    level += delta;
    expect(balance).toBe(level);
    expect(balance).toBeGreaterThanOrEqual(0);
  }
}

function heldOf(allocations: ReadonlyMap<string, StockAllocation>, productId: string): number {
  const held = [...allocations.values()].flatMap((one) => (one.status === 'taken' ? one.items : []));
  return held.filter((line) => line.productId === productId).reduce((sum, { quantity }) => sum + quantity, 0);
}
