import { eventually } from '@app/testing';
import { disagreements, type Disagreement, type ReconcileOptions } from '../infra/ops/reconcile/reconcile';
import { System } from './system/system';

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { PAYMENT_GATEWAY_TIMEOUT_MS: '1000' } });
});

afterAll(() => system.stop());

/** What is found when everything counts that is there, however new it is. */
async function found(options: ReconcileOptions = {}): Promise<Disagreement[]> {
  const target = { databaseUrl: system.stack.databaseUrl('admin'), kafka: [system.stack.kafka] };
  return disagreements(target, { settleMs: 0, ...options });
}

async function allAgree(): Promise<void> {
  await eventually(async () => expect(await found()).toEqual([]), { timeoutMs: 30_000, intervalMs: 250 });
}

describe('a system after a day of work', () => {
  it('agrees with itself, whatever became of its orders', async () => {
    const methods = [
      'card',
      'test_declined',
      'test_insufficient_funds',
      'test_error_after_charge',
      'test_capture_fails',
    ];
    const scarce = await system.newProduct(3);
    const orders = await Promise.all([
      ...methods.flatMap((payment_method) => Array.from({ length: 6 }, () => system.place({ payment_method }))),
      ...Array.from({ length: 10 }, () => system.place({ items: [scarce] })),
    ]);
    await Promise.all(
      orders.filter((_, n) => n % 3 === 0).map((o) => system.orders.post(`/orders/${o.order_id}/cancel`)),
    );
    await Promise.all(orders.map(({ order_id }) => system.settled(order_id)));
    await allAgree();
  });
});
