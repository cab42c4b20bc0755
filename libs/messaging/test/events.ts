import { OrderCreated, PaymentFailed, PaymentSuccessful, type EventEnvelope, type ReceivedEvent } from '@app/events';
import { anEvent } from '@app/testing';

/** The payment of an order succeeded. */
export function paymentSuccessful(
  orderId: string,
  overrides: Partial<EventEnvelope> = {},
): ReceivedEvent<typeof PaymentSuccessful> {
  const items = [{ product_id: 'LAPTOP001', quantity: 1 }];
  return anEvent(PaymentSuccessful, orderId, { ...PAYMENT, items }, overrides);
}

/** The payment of an order failed. */
export function paymentFailed(
  orderId: string,
  overrides: Partial<EventEnvelope> = {},
): ReceivedEvent<typeof PaymentFailed> {
  return anEvent(PaymentFailed, orderId, { ...PAYMENT, reason: 'declined' }, overrides);
}

/** An order was placed. */
export function orderCreated(
  orderId: string,
  overrides: Partial<EventEnvelope> = {},
): ReceivedEvent<typeof OrderCreated> {
  return anEvent(OrderCreated, orderId, ORDER, overrides);
}

/** The payload of an order's first event. */
export const ORDER = {
  user_id: 'user-1',
  payment_method: 'card',
  currency: 'EUR',
  total_amount: 1299.99,
  items: [{ product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 }],
};

const PAYMENT = {
  payment_id: 'payment-1',
  user_id: 'user-1',
  payment_method: 'card',
  currency: 'EUR',
  amount: 1299.99,
};
