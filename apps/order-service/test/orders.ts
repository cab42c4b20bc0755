import { minorUnitsOf, type CancellationReason } from '@app/events';
import { appendFact, EMPTY_CHAIN, type AuditEntry, type AuditFact } from '../src/domain/audit-trail';
import type { StoredOrder } from '../src/domain/audit-content';
import type { CancelledOrder, ConfirmedOrder, OpenOrder, Order, OrderLine, OrderStatus } from '../src/domain/order';

/** When the orders of the tests are placed. */
export const PLACED_AT = new Date('2026-01-15T09:30:00.000Z');
/** The lines of {@link anOpenOrder}. */
export const LINES: readonly OrderLine[] = [
  { productId: 'LAPTOP001', productName: 'Gaming Laptop', quantity: 1, price: minorUnitsOf(129_999) },
];
/** What its customer is hashed with. */
export const USER_SALT = '00112233445566778899aabbccddeeff';
/** When something happens to them. */
export const LATER = new Date('2026-01-15T09:30:01.500Z');

/** An order for one laptop, awaiting payment. */
export function anOpenOrder(overrides: Partial<OpenOrder> = {}): OpenOrder {
  return {
    orderId: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11',
    orderNumber: '7F3K-29QX',
    userId: 'user_123',
    paymentMethod: 'credit_card',
    currency: 'USD',
    total: minorUnitsOf(129_999),
    correlationId: 'correlation-1',
    deadlineAt: new Date('2026-01-15T09:45:00.000Z'),
    createdAt: PLACED_AT,
    updatedAt: PLACED_AT,
    status: 'pending',
    ...overrides,
  };
}

export function aCancelledOrder(reason: CancellationReason): CancelledOrder {
  return { ...anOpenOrder(), status: 'cancelled', reason };
}

/** The same order in the given state; a cancelled one was cancelled by the customer. */
export function anOrderThatIs(status: OrderStatus): Order {
  const order = anOpenOrder();
  switch (status) {
    case 'pending':
    case 'paid':
      return { ...order, status };
    case 'confirmed':
      return { ...order, status } satisfies ConfirmedOrder;
    case 'cancelled':
      return aCancelledOrder('cancelled_by_customer');
  }
}

/** That the order was placed, before trails said what was ordered. */
export function placedFact(order: Order = anOpenOrder()): AuditFact {
  return {
    orderId: order.orderId,
    event: 'order_created',
    from: null,
    to: 'pending',
    reason: null,
    actor: 'customer',
    causeEventId: null,
    correlationId: order.correlationId,
    occurredAt: order.createdAt,
    details: null,
  };
}

/** Facts, each chained to the one before. */
export function trailOf(...facts: readonly AuditFact[]): AuditEntry[] {
  const trail: AuditEntry[] = [];
  for (const fact of facts) trail.push(appendFact(trail.at(-1) ?? EMPTY_CHAIN, fact));
  return trail;
}

/** The order as it is stored, with its salts. */
export function storedAs(order: Order, changes: Partial<StoredOrder> = {}): StoredOrder {
  return { order, lines: LINES, userSalt: USER_SALT, customerReason: { text: null, salt: null }, ...changes };
}
