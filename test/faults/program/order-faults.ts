import { setTimeout as delay } from 'node:timers/promises';
import { IdempotencyKeys } from '../../../apps/order-service/src/persistence/idempotency-keys';
import { PlaceOrder } from '../../../apps/order-service/src/use-cases/place-order';
import type { UnitOfWork } from '../../../libs/messaging/src/unit-of-work/unit-of-work';
import { Transactions } from '../../../libs/messaging/src/unit-of-work/transactions';
import { pass } from './failpoints';
import { wrap } from '../../programs/wrap';

wrap(PlaceOrder, 'execute', async (original, args) => {
  const placed = await original(...args);
  pass('after-commit-before-answer');
  return placed;
});

if (process.env.FAULT_BREAKAGE === 'idempotency-outside-transaction') {
  let transactions: Transactions | undefined;
  wrap(Transactions, 'run', (original, args, self) => {
    transactions ??= self as Transactions;
    return original(...args);
  });
  // The key is remembered in a transaction of its own, a moment after the order was committed.
  wrap(IdempotencyKeys, 'store', (original, [unitOfWork, ...rest]) => {
    (unitOfWork as UnitOfWork).afterCommit(() => {
      void delay(100)
        .then(() => transactions?.run((own) => original(own, ...rest) as Promise<void>))
        .catch(() => undefined);
    });
    return Promise.resolve();
  });
}
