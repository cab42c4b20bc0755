import type { MinorUnits } from '@app/events';
import type { Order } from './order';

/** What an event of another service says of an order besides what has happened to it. It has to be what was ordered. */
export interface OrderClaims {
  readonly userId: string;
  readonly paymentMethod?: string;
  readonly currency?: string;
  /** All of the order's money. */
  readonly total?: MinorUnits;
  /** Amounts that are parts of one another, the smallest first; the last one is a part of the order's money. */
  readonly parts?: readonly MinorUnits[];
}

/** In words what of the claims is not as it was ordered; nothing when all of it is. No values: they are somebody's data. */
export function contradictions(order: Order, claims: OrderClaims): string[] {
  const { userId, paymentMethod, currency, total, parts } = claims;
  const found: string[] = [];
  if (userId !== order.userId) found.push('customer');
  if (differs(paymentMethod, order.paymentMethod)) found.push('means of payment');
  if (differs(currency, order.currency)) found.push('currency');
  if (differs(total, order.total)) found.push('amount');
  if (parts !== undefined && !areParts([...parts, order.total])) found.push('parts of the amount');
  return found;
}

function differs<Value>(claimed: Value | undefined, ordered: Value): boolean {
  return claimed !== undefined && claimed !== ordered;
}

function areParts(amounts: readonly number[]): boolean {
  return amounts.every((amount, index) => index === 0 || amount >= (amounts[index - 1] ?? 0));
}
