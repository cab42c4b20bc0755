import { MAX_AMOUNT, minorUnitsOf, type MinorUnits } from '@app/events';
import type { OpenOrder, OrderLine } from './order';
import { OrderTotalTooLarge } from './order.errors';

/** What a customer asks for. */
export interface OrderRequest {
  readonly userId: string;
  readonly paymentMethod: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
}

/** A new order, awaiting payment. @throws OrderTotalTooLarge */
export function placeOrder(
  request: OrderRequest,
  identity: Pick<OpenOrder, 'orderId' | 'orderNumber' | 'correlationId'>,
  now: Date,
  deadlineMs: number,
): OpenOrder {
  const { userId, paymentMethod, currency } = request;
  return {
    ...identity,
    userId,
    paymentMethod,
    currency,
    total: totalOf(request.lines),
    status: 'pending',
    deadlineAt: new Date(now.getTime() + deadlineMs),
    createdAt: now,
    updatedAt: now,
  };
}

function totalOf(lines: readonly OrderLine[]): MinorUnits {
  const total = lines.reduce((sum, line) => sum + line.quantity * line.price, 0);
  if (total > MAX_AMOUNT) throw new OrderTotalTooLarge();
  return minorUnitsOf(total);
}
