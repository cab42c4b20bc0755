import {
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  PaymentFailed,
  PaymentRefunded,
  PaymentSuccessful,
} from '@app/events';
import { anEvent, anOrderId } from '@app/testing';
import {
  orderCancelled,
  orderConfirmed,
  orderPaid,
  orderReceived,
  paymentFailed,
  paymentRefunded,
  readFacts,
  withOrderNumber,
  writeFacts,
} from './announcement';

const orderId = anOrderId();
const order = { user_id: 'user_123', payment_method: 'card', currency: 'USD' };
const total = { ...order, total_amount: 1499.98 };
const payment = { ...order, payment_id: 'pay_1', amount: 1499.98 };
const amount = { currency: 'USD', amount: 149_998 };
const items = [{ product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1499.98 }];

describe('what a customer is told', () => {
  it.each([
    [
      orderReceived(anEvent(OrderCreated, orderId, { ...total, items })),
      { type: 'order_received', ...amount, items: [{ name: 'Gaming Laptop', quantity: 1, price: 149_998 }] },
    ],
    [
      orderPaid(anEvent(PaymentSuccessful, orderId, { ...payment, items: [{ product_id: 'LAPTOP001', quantity: 1 }] })),
      { type: 'order_paid', ...amount },
    ],
    [
      paymentFailed(anEvent(PaymentFailed, orderId, { ...payment, reason: 'declined' })),
      { type: 'payment_failed', ...amount, reason: 'declined' },
    ],
    [orderConfirmed(anEvent(OrderConfirmed, orderId, total)), { type: 'order_confirmed', ...amount }],
    [
      orderCancelled(anEvent(OrderCancelled, orderId, { ...total, reason: 'out_of_stock' })),
      { type: 'order_cancelled', ...amount, reason: 'out_of_stock' },
    ],
    [
      paymentRefunded(anEvent(PaymentRefunded, orderId, { ...payment, method: 'void' })),
      { type: 'payment_refunded', ...amount, method: 'void' },
    ],
  ])('is made of the event: %#', (announcement, facts) => {
    expect(announcement).toMatchObject({ orderId, userId: 'user_123', facts });
    expect(readFacts(announcement.facts.type, writeFacts(announcement.facts))).toEqual(facts);
  });

  it('has the number of the order when the event tells it', () => {
    const numbered = { ...total, order_number: '7F3K-29QX' };
    for (const { facts } of [
      orderReceived(anEvent(OrderCreated, orderId, { ...numbered, items })),
      orderConfirmed(anEvent(OrderConfirmed, orderId, numbered)),
      orderCancelled(anEvent(OrderCancelled, orderId, { ...numbered, reason: 'out_of_stock' })),
    ]) {
      expect(facts.orderNumber).toBe('7F3K-29QX');
      expect(readFacts(facts.type, writeFacts(facts))).toEqual(facts);
    }
  });

  it('can be given the number of the order that other news told', () => {
    const { facts } = orderConfirmed(anEvent(OrderConfirmed, orderId, total));
    expect(withOrderNumber(facts, '7F3K-29QX')).toEqual({ ...facts, orderNumber: '7F3K-29QX' });
    expect(withOrderNumber(facts, undefined)).toEqual(facts);
  });

  it('names the event as its cause and keeps correlation and trace', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const event = anEvent(OrderConfirmed, orderId, total, {
      id: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
      cause: { correlationId: 'first', causationId: 'something else', traceparent },
    });
    expect(orderConfirmed(event).cause).toEqual({
      correlationId: 'first',
      causationId: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
      traceparent,
    });
  });
});
