import type { CancellationReason, MinorUnits, PaymentFailureReason, ShortageReason } from '@app/events';

/** One line of an order, as the customer placed it. */
export interface OrderLine {
  readonly productId: string;
  readonly productName: string;
  readonly quantity: number;
  readonly price: MinorUnits;
}

/** What an order is whatever state it is in. */
interface OrderFields {
  readonly orderId: string;
  /** What people call it by: `7F3K-29QX`. */
  readonly orderNumber: string;
  readonly userId: string;
  readonly paymentMethod: string;
  readonly currency: string;
  readonly total: MinorUnits;
  /** The order's first cause; every event of the order carries it. */
  readonly correlationId: string;
  /** Until then the order must be settled. */
  readonly deadlineAt: Date;
  readonly createdAt: Date;
  /** Time of the last change of state; never moves backwards, even when the clocks of two replicas disagree. */
  readonly updatedAt: Date;
}

export type OpenOrder = OrderFields & { readonly status: 'pending' | 'paid' };
export type ConfirmedOrder = OrderFields & { readonly status: 'confirmed' };
export type CancelledOrder = OrderFields & { readonly status: 'cancelled'; readonly reason: CancellationReason };

export type Order = OpenOrder | ConfirmedOrder | CancelledOrder;
export type OrderStatus = Order['status'];

/** A product of which there was not enough, or none of that name. */
export interface Shortage {
  readonly product_id: string;
  readonly requested: number;
  readonly available: number;
  readonly reason: ShortageReason;
}

/** Why exactly an order was cancelled, as far as somebody has said so. */
export interface CancellationCause {
  readonly declineReason?: PaymentFailureReason;
  readonly shortages?: readonly Shortage[];
  /** In the customer's own words. */
  readonly customerReason?: string;
}

/** An order with what was ordered, which never changes. */
export interface OrderWithLines {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
  /** Empty unless it is cancelled. */
  readonly cancellation: CancellationCause;
}

export const ORDER_STATUSES = ['pending', 'paid', 'confirmed', 'cancelled'] as const satisfies readonly OrderStatus[];

/** Whether nothing can happen to the order any more; a confirmed one can still be cancelled. */
export function isFinal(order: { readonly status: OrderStatus }): boolean {
  return order.status === 'cancelled';
}

/** Whether the customer has an answer. A confirmed order can still be cancelled, but it waits for nothing. */
export function isSettled(order: { readonly status: OrderStatus }): boolean {
  return order.status === 'confirmed' || order.status === 'cancelled';
}
