import { decideStock } from './allocation-lifecycle';
import type { StockAllocation, StockEvent } from './stock-allocation';
import { decideInOrder } from './stock-batch';

const userId = 'user_123';
const items = [
  { productId: 'LAPTOP001', quantity: 1 },
  { productId: 'MOUSE001', quantity: 2 },
];
const payment: StockEvent = { type: 'payment_successful', userId, items };
const cancellation: StockEvent = { type: 'order_cancelled', userId };
const levels = new Map(items.map(({ productId }) => [productId, 50]));
const known: readonly StockAllocation[] = [
  ...(['taken', 'insufficient', 'returned'] as const).map((status) => ({ status, userId, items })),
  { status: 'refused', userId },
];

const refusal = (what: string) =>
  expect.objectContaining({
    code: 'INVENTORY.NEWS_CONTRADICTED',
    kind: 'conflict',
    message: expect.stringMatching(`: it has another ${what}.$`),
  }) as Error;

describe('an event that contradicts what is known of an order', () => {
  it.each(known)('by another customer is refused for good when the stock is $status', (allocation) => {
    for (const event of [payment, cancellation]) {
      expect(() => decideStock(allocation, { ...event, userId: 'mallory' }, levels)).toThrow(refusal('customer'));
    }
  });

  it.each(known.filter(({ status }) => status !== 'refused'))(
    'by other goods is refused for good when the stock is $status',
    (allocation) => {
      for (const others of [
        [{ productId: 'LAPTOP001', quantity: 40 }, items[1]!],
        [items[0]!],
        [...items, { productId: 'PHONE001', quantity: 1 }],
        [{ productId: 'PHONE001', quantity: 1 }, items[1]!],
      ]) {
        expect(() => decideStock(allocation, { ...payment, items: others }, levels)).toThrow(refusal('list of items'));
      }
    },
  );

  it('is refused as well when both come in one batch', () => {
    const batch = [payment, { ...cancellation, userId: 'mallory' }].map((event) => ({ orderId: 'o1', event }));
    expect(() => decideInOrder(batch, new Map(), levels)).toThrow(refusal('customer'));
    expect(() => decideInOrder(batch.toReversed(), new Map(), levels)).toThrow(refusal('customer'));
  });

  it('is not the same list in more lines', () => {
    const split = [items[0]!, { productId: 'MOUSE001', quantity: 1 }, { productId: 'MOUSE001', quantity: 1 }];
    expect(decideStock(known[0], { ...payment, items: split }, levels).ignored).toBeDefined();
  });
});
