import type { PaidItem, Payment } from './payment';
import type { OrderInput } from './payment-input';
import { OrderContradicted } from './payment.errors';

/**
 * An order says the same of itself in all of its events; what one of them leaves out is not compared.
 * @throws OrderContradicted naming what is different, without values: they are somebody's data.
 */
export function expectSameOrder(payment: Payment, input: OrderInput): void {
  const found: string[] = [];
  if (input.userId !== payment.userId) found.push('customer');
  if (input.currency !== payment.currency) found.push('currency');
  if (input.amount !== payment.amount) found.push('amount');
  if (!agree(payment.paymentMethod, input.paymentMethod)) found.push('means of payment');
  if (!haveSameItems(payment.items, input.items ?? [])) found.push('list of items');
  if (found.length > 0) throw new OrderContradicted(input, found);
}

function agree(known: string | null, said: string | undefined): boolean {
  return known === null || said === undefined || known === said;
}

function haveSameItems(known: readonly PaidItem[], said: readonly PaidItem[]): boolean {
  if (known.length === 0 || said.length === 0) return true;
  return known.length === said.length && known.every((item, index) => isSame(item, said[index]));
}

function isSame({ productId, quantity }: PaidItem, other: PaidItem | undefined): boolean {
  return productId === other?.productId && quantity === other.quantity;
}
