import { minorUnitsOf } from '@app/events';
import type { Transactions, UnitOfWork } from '@app/messaging';
import { SystemClock, UuidV7Ids } from '@app/platform';
import type { Order } from '../domain/order';
import type { IdempotencyKeys, KeyClaim, KeyVerdict } from '../persistence/idempotency-keys';
import type { OrderRepository } from '../persistence/order.repository';
import type { OrderMetrics } from '../metrics/order-metrics';
import { OrderNumbers, Salts } from '../persistence/random-values';
import { PlaceOrder, type PlaceOrderCommand } from './place-order';
import { PlaceOrderOptions } from './place-order.options';

const OUTAGE = new Error('Connection terminated unexpectedly');
const DEFECT = new TypeError('order_created/1 breaks its contract');

/** Transactions whose commits end as the test says, one after the other; at the end of the list they succeed. */
class ScriptedTransactions {
  runs = 0;

  constructor(private readonly ends: readonly (Error | 'committed')[]) {}

  async run<T>(work: (unitOfWork: UnitOfWork) => Promise<T>): Promise<T> {
    const end = this.ends[this.runs] ?? 'committed';
    this.runs += 1;
    const hooks: (() => void)[] = [];
    const unitOfWork = { publish: () => undefined, afterCommit: (hook: () => void) => hooks.push(hook) };
    const result = await work(unitOfWork as unknown as UnitOfWork);
    if (end !== 'committed') throw end;
    hooks.forEach((hook) => hook());
    return result;
  }
}

/** What PostgreSQL says of an order whose number another one has. */
const NUMBER_TAKEN = Object.assign(new Error('duplicate key value'), {
  code: '23505',
  constraint: 'orders_order_number_key',
});

/** Counts, so that it draws no number twice. */
class CountedNumbers extends OrderNumbers {
  private count = 0;

  next(): string {
    return `0000-${String((this.count += 1)).padStart(4, '0')}`;
  }
}

async function placeTogether(count: number, ...ends: readonly (Error | 'committed')[]) {
  const transactions = new ScriptedTransactions(ends);
  let stored: string[] = [];
  const insert = (_: UnitOfWork, placed: readonly { readonly order: Order }[]): Promise<void> => {
    stored = placed.map(({ order }) => order.orderNumber);
    return Promise.resolve();
  };
  const orders = { insert };
  const keys = {
    claim: (_: UnitOfWork, claims: readonly KeyClaim[]): Promise<KeyVerdict[]> =>
      Promise.resolve(claims.map(() => ({ kind: 'new' }))),
    store: () => Promise.resolve(),
  };
  const place = new PlaceOrder(
    new PlaceOrderOptions(900_000, 100),
    transactions as unknown as Transactions,
    orders as unknown as OrderRepository,
    keys as unknown as IdempotencyKeys,
    new SystemClock(),
    new UuidV7Ids(),
    new CountedNumbers(),
    new Salts(),
    { placed: () => undefined } as unknown as OrderMetrics,
  );
  const line = { productId: 'LAPTOP001', productName: 'Gaming Laptop', quantity: 1, price: minorUnitsOf(129_999) };
  const command: PlaceOrderCommand = {
    request: { userId: 'user_123', paymentMethod: 'credit_card', currency: 'USD', lines: [line] },
    cause: { correlationId: 'correlation-1' },
    subject: 'user_123',
    actor: 'customer',
    answer: ({ order }) => ({ status: 201, body: order.orderNumber }),
  };
  const settled = await Promise.allSettled(Array.from({ length: count }, () => place.execute(command)));
  const outcomes = settled.map((outcome) => (outcome.status === 'fulfilled' ? 'stored' : (outcome.reason as unknown)));
  const answered = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value.answer.body : []));
  return { result: { outcomes, runs: transactions.runs }, stored, answered };
}

describe('orders that arrive together', () => {
  it('share one transaction', async () => {
    expect((await placeTogether(4)).result).toEqual({ outcomes: ['stored', 'stored', 'stored', 'stored'], runs: 1 });
  });

  it('are not tried again after an outage, which may have come after their commit', async () => {
    expect((await placeTogether(4, OUTAGE)).result).toEqual({ outcomes: [OUTAGE, OUTAGE, OUTAGE, OUTAGE], runs: 1 });
  });

  it('are cut up until the one that makes the transaction fail stands alone', async () => {
    // All four, the first two, the last two, the third, the fourth.
    const { result } = await placeTogether(4, DEFECT, 'committed', DEFECT, DEFECT, 'committed');
    expect(result).toEqual({ outcomes: ['stored', 'stored', DEFECT, 'stored'], runs: 5 });
  });

  it('are reported as stored when they are, whatever happens to the others', async () => {
    const { result } = await placeTogether(4, DEFECT, 'committed', OUTAGE);
    expect(result).toEqual({ outcomes: ['stored', 'stored', OUTAGE, OUTAGE], runs: 3 });
  });
});

describe('an order number that is taken', () => {
  it('is replaced in the order and in its answer, for all that share the transaction', async () => {
    const { result, stored, answered } = await placeTogether(2, NUMBER_TAKEN, NUMBER_TAKEN);
    expect(result).toEqual({ outcomes: ['stored', 'stored'], runs: 3 });
    expect(stored).toEqual(['0000-0005', '0000-0006']);
    expect(answered).toEqual(stored);
  });

  it('is drawn again a few times and no more', async () => {
    const taken = Array.from({ length: 10 }, () => NUMBER_TAKEN);
    const { result } = await placeTogether(2, ...taken);
    expect(result).toEqual({ outcomes: [NUMBER_TAKEN, NUMBER_TAKEN], runs: 5 });
  });
});
