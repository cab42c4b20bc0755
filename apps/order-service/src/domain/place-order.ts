import { MAX_AMOUNT, minorUnitsOf, type MinorUnits } from '@app/events';
import type { OpenOrder, OrderLine } from './order';

/** What a customer asks for. */
export interface OrderRequest {
  readonly userId: string;
  readonly paymentMethod: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
}

/** The lines add up to more than an order may cost. */
export class OrderTotalTooLarge extends Error {
  readonly code = 'ORDER.TOTAL_TOO_LARGE';
  readonly kind = 'invalid';
  readonly errors = [{ pointer: '/items', detail: 'the items add up to more than 999,999,999.99' }];

  constructor() {
    super('The order adds up to more than 999,999,999.99.');
  }
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
