import {
  causeOf,
  toMinorUnits,
  type EventEnvelope,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  type ReceivedEvent,
} from '@app/events';
import type { OrderInput } from '../domain/payment-input';

/** Each order is to be paid: its amount is held first. */
export function toBePaid(event: ReceivedEvent<typeof OrderCreated>): OrderInput {
  const { payment_method: paymentMethod, items } = event.payload;
  const paid = items.map(({ product_id: productId, quantity }) => ({ productId, quantity }));
  return { kind: 'order_created', ...factsOf(event), paymentMethod, items: paid };
}

/** The hold is to be collected. */
export function toBeCollected(event: ReceivedEvent<typeof OrderConfirmed>): OrderInput {
  return { kind: 'order_confirmed', ...factsOf(event) };
}

/** The money is to go back, or never to be taken. */
export function toBeReturned(event: ReceivedEvent<typeof OrderCancelled>): OrderInput {
  return { kind: 'order_cancelled', ...factsOf(event), paymentMethod: event.payload.payment_method };
}

function factsOf(event: EventEnvelope<OrderConfirmed>) {
  const { user_id: userId, currency, total_amount: total } = event.payload;
  return { orderId: event.orderId, userId, currency, amount: toMinorUnits(total), cause: causeOf(event) };
}
