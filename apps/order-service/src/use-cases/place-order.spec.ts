import { minorUnitsOf } from '@app/events';
import type { Transactions, UnitOfWork } from '@app/messaging';
import { SystemClock, UuidV7Ids } from '@app/platform';
import type { IdempotencyKeys, KeyClaim, KeyVerdict } from '../persistence/idempotency-keys';
import type { OrderRepository } from '../persistence/order.repository';
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

async function placeTogether(count: number, ...ends: readonly (Error | 'committed')[]) {
  const transactions = new ScriptedTransactions(ends);
  const orders = { insert: () => Promise.resolve() };
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
  );
  const line = { productId: 'LAPTOP001', productName: 'Gaming Laptop', quantity: 1, price: minorUnitsOf(129_999) };
  const command: PlaceOrderCommand = {
    request: { userId: 'user_123', paymentMethod: 'credit_card', currency: 'USD', lines: [line] },
    cause: { correlationId: 'correlation-1' },
    answer: () => ({ status: 201, body: '{}' }),
  };
  const settled = await Promise.allSettled(Array.from({ length: count }, () => place.execute(command)));
  const outcomes = settled.map((outcome) => (outcome.status === 'fulfilled' ? 'stored' : (outcome.reason as unknown)));
  return { outcomes, runs: transactions.runs };
}

describe('orders that arrive together', () => {
  it('share one transaction', async () => {
    expect(await placeTogether(4)).toEqual({ outcomes: ['stored', 'stored', 'stored', 'stored'], runs: 1 });
  });

  it('are not tried again after an outage, which may have come after their commit', async () => {
    expect(await placeTogether(4, OUTAGE)).toEqual({ outcomes: [OUTAGE, OUTAGE, OUTAGE, OUTAGE], runs: 1 });
  });

  it('are cut up until the one that makes the transaction fail stands alone', async () => {
    // All four, the first two, the last two, the third, the fourth.
    const { outcomes, runs } = await placeTogether(4, DEFECT, 'committed', DEFECT, DEFECT, 'committed');
    expect({ outcomes, runs }).toEqual({ outcomes: ['stored', 'stored', DEFECT, 'stored'], runs: 5 });
  });

  it('are reported as stored when they are, whatever happens to the others', async () => {
    const { outcomes, runs } = await placeTogether(4, DEFECT, 'committed', OUTAGE);
    expect({ outcomes, runs }).toEqual({ outcomes: ['stored', 'stored', OUTAGE, OUTAGE], runs: 3 });
  });
});
