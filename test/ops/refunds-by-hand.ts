import { eventually } from '@app/testing';
import type { System } from '../system/system';

interface Placed {
  readonly order_id: string;
}

/**
 * Orders that are paid, some of them over nothing, whose money an operator gives back at the gateway: in parts, all of it, and both
 * while the customer cancels. Ends when all of it is refunded that is to be.
 */
export async function giveMoneyBackByHand(system: System): Promise<void> {
  const product = await system.newProduct(20);
  const orders = await Promise.all(Array.from({ length: 4 }, () => system.place({ items: [product] })));
  const free = await Promise.all(Array.from({ length: 3 }, () => system.place({ items: [{ ...product, price: 0 }] })));
  for (const { order_id } of [...orders, ...free]) {
    await eventually(async () => expect(await system.payment(order_id)).toMatchObject({ status: 'captured' }));
  }
  const [twiceInPart, partThenCancelled, whole, wholeWhileCancelled] = orders;
  if (!twiceInPart || !partThenCancelled || !whole || !wholeWhileCancelled) throw new Error('an order is missing');
  const refund = async ({ order_id }: Placed, amount?: number): Promise<void> => {
    const { status } = await system.payments.post('/simulator/refunds', { order_id, amount });
    expect(status).toBe(202);
  };
  await Promise.all([refund(twiceInPart, 0.01), refund(partThenCancelled, 0.02)]);
  await Promise.all([refund(twiceInPart, 0.03), refund(whole), refund(wholeWhileCancelled)]);
  const cancelled = [partThenCancelled, wholeWhileCancelled, free[0]!];
  await Promise.all(cancelled.map(({ order_id }) => system.orders.post(`/orders/${order_id}/cancel`)));
  for (const { order_id } of [partThenCancelled, whole, wholeWhileCancelled]) {
    await eventually(async () => expect(await system.payment(order_id)).toMatchObject({ status: 'refunded' }));
  }
}
