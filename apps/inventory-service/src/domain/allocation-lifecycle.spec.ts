import { checkStateMachine } from '@app/lifecycle';
import { deepFreeze } from '@app/testing';
import { allocationStateMachine, decideStock, productsConcerned, type StockDecision } from './allocation-lifecycle';
import type { StockAllocation, StockEvent } from './stock-allocation';

const userId = 'user_123';
const wanted = [
  { productId: 'LAPTOP001', quantity: 1 },
  { productId: 'MOUSE001', quantity: 2 },
];
const payment: StockEvent = { type: 'payment_successful', userId, items: wanted };
const cancellation: StockEvent = { type: 'order_cancelled', userId };
const plenty = new Map([
  ['LAPTOP001', 50],
  ['MOUSE001', 500],
]);

const allocations: Record<string, StockAllocation | undefined> = {
  unknown: undefined,
  taken: { status: 'taken', userId, items: wanted },
  insufficient: { status: 'insufficient', userId, items: wanted },
  returned: { status: 'returned', userId, items: wanted },
  refused: { status: 'refused', userId },
};

/** Status afterwards, change of the stock of LAPTOP001, what is announced. */
type Outcome = [after: string, laptops: number, announced: string | undefined];

const EXPECTED: Record<string, Record<StockEvent['type'], Outcome>> = {
  unknown: { payment_successful: ['taken', -1, 'taken'], order_cancelled: ['refused', 0, undefined] },
  taken: { payment_successful: ['taken', 0, undefined], order_cancelled: ['returned', 1, 'returned'] },
  insufficient: {
    payment_successful: ['insufficient', 0, undefined],
    order_cancelled: ['insufficient', 0, undefined],
  },
  returned: { payment_successful: ['returned', 0, undefined], order_cancelled: ['returned', 0, undefined] },
  refused: { payment_successful: ['refused', 0, undefined], order_cancelled: ['refused', 0, undefined] },
};

describe.each(Object.keys(EXPECTED))('an order whose claim on the stock is %s', (state) => {
  it.each([payment, cancellation])('ends as it should after $type', (event) => {
    const decision = decideStock(deepFreeze(allocations[state]), deepFreeze(event), plenty);
    expect(outcomeOf(decision)).toEqual(EXPECTED[state]?.[event.type]);
  });

  it.each([payment, cancellation])('says why $type changes nothing, if it does', (event) => {
    const decision = decideStock(allocations[state], event, plenty);
    const untouched = decision.allocation === allocations[state] && decision.changes.length === 0;
    expect(decision.ignored !== undefined).toBe(untouched);
  });

  it.each([payment, cancellation])('depends on its own products only, and on none when $type is ignored', (event) => {
    const concerned = productsConcerned(allocations[state], event);
    const levels = new Map([...plenty].filter(([productId]) => concerned.includes(productId)));
    expect(decideStock(allocations[state], event, levels)).toEqual(decideStock(allocations[state], event, plenty));
  });
});

describe('a paid order', () => {
  it('takes all of its lines and says what is left', () => {
    expect(decideStock(undefined, payment, plenty)).toEqual({
      allocation: { status: 'taken', userId, items: wanted },
      changes: [
        { productId: 'LAPTOP001', delta: -1, balance: 49 },
        { productId: 'MOUSE001', delta: -2, balance: 498 },
      ],
      announcements: [
        {
          type: 'inventory_updated',
          userId,
          change: 'taken',
          items: [
            { productId: 'LAPTOP001', quantity: 1, remaining: 49 },
            { productId: 'MOUSE001', quantity: 2, remaining: 498 },
          ],
        },
      ],
    });
  });

  it('takes the very last piece', () => {
    const decision = decideStock(undefined, paymentFor(['LAPTOP001', 2]), new Map([['LAPTOP001', 2]]));
    expect(decision.changes).toEqual([{ productId: 'LAPTOP001', delta: -2, balance: 0 }]);
  });

  it('takes nothing when one line is short, and names every product that is', () => {
    const event = paymentFor(['LAPTOP001', 3], ['MOUSE001', 1], ['GHOST', 2]);
    const levels = new Map([
      ['LAPTOP001', 2],
      ['MOUSE001', 9],
    ]);
    expect(decideStock(undefined, event, levels)).toMatchObject({
      allocation: { status: 'insufficient' },
      changes: [],
      announcements: [
        {
          type: 'inventory_insufficient',
          shortages: [
            { productId: 'LAPTOP001', requested: 3, available: 2, missing: 1, reason: 'insufficient_stock' },
            { productId: 'GHOST', requested: 2, available: 0, missing: 2, reason: 'unknown_product' },
          ],
        },
      ],
    });
  });

  it('adds up several lines of one product before it looks at the stock', () => {
    const event = paymentFor(['LAPTOP001', 2], ['MOUSE001', 1], ['LAPTOP001', 2]);
    const short = decideStock(undefined, event, new Map(plenty).set('LAPTOP001', 3));
    expect(short.announcements).toMatchObject([{ shortages: [{ requested: 4, available: 3, missing: 1 }] }]);
    const enough = decideStock(undefined, event, new Map(plenty).set('LAPTOP001', 4));
    expect(enough.changes).toEqual([
      { productId: 'LAPTOP001', delta: -4, balance: 0 },
      { productId: 'MOUSE001', delta: -1, balance: 499 },
    ]);
  });
});

describe('a cancelled order', () => {
  it('gives back what it took', () => {
    const taken = decideStock(undefined, paymentFor(['LAPTOP001', 2], ['LAPTOP001', 3]), plenty);
    const decision = decideStock(taken.allocation, cancellation, new Map([['LAPTOP001', 7]]));
    expect(decision.changes).toEqual([{ productId: 'LAPTOP001', delta: 5, balance: 12 }]);
    expect(decision.announcements).toEqual([
      {
        type: 'inventory_updated',
        userId,
        change: 'returned',
        items: [{ productId: 'LAPTOP001', quantity: 5, remaining: 12 }],
      },
    ]);
  });
});

function paymentFor(...lines: [productId: string, quantity: number][]): StockEvent {
  return { type: 'payment_successful', userId, items: lines.map(([productId, quantity]) => ({ productId, quantity })) };
}

function outcomeOf({ allocation, changes, announcements }: StockDecision): Outcome {
  const laptops = changes.find(({ productId }) => productId === 'LAPTOP001')?.delta ?? 0;
  const [announced] = announcements;
  return [
    allocation?.status ?? 'unknown',
    laptops,
    announced?.type === 'inventory_updated' ? announced.change : announced?.type,
  ];
}

describe('the table of allocations', () => {
  it('is sound', () => {
    expect(() => checkStateMachine(allocationStateMachine())).not.toThrow();
  });
});
