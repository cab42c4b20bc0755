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
  withNames,
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
      {
        type: 'order_received',
        ...amount,
        items: [{ productId: 'LAPTOP001', name: 'Gaming Laptop', quantity: 1, price: 149_998 }],
      },
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
      orderCancelled(
        anEvent(OrderCancelled, orderId, { ...total, reason: 'payment_failed', decline_reason: 'insufficient_funds' }),
      ),
      { type: 'order_cancelled', ...amount, reason: 'payment_failed', declineReason: 'insufficient_funds' },
    ],
    [
      orderCancelled(
        anEvent(OrderCancelled, orderId, {
          ...total,
          reason: 'out_of_stock',
          shortages: [{ product_id: 'LAPTOP001', requested: 5, available: 2, reason: 'insufficient_stock' }],
        }),
      ),
      {
        type: 'order_cancelled',
        ...amount,
        reason: 'out_of_stock',
        shortages: [{ productId: 'LAPTOP001', requested: 5, available: 2, reason: 'insufficient_stock' }],
      },
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

  it('can be given the number of the order that another event told', () => {
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

describe('a cancellation for want of stock', () => {
  const short = { product_id: 'LAPTOP001', requested: 5, available: 2, reason: 'insufficient_stock' } as const;
  const shortages = [short, { ...short, product_id: 'GHOST001', available: 0, reason: 'unknown_product' as const }];
  const cancelled = orderCancelled(anEvent(OrderCancelled, orderId, { ...total, reason: 'out_of_stock', shortages }));
  const received = orderReceived(anEvent(OrderCreated, orderId, { ...total, items }));

  it('calls products what the customer ordered them as, and by their id what the order does not name', () => {
    expect(withNames(cancelled.facts, received.facts)).toMatchObject({
      shortages: [{ productId: 'LAPTOP001', name: 'Gaming Laptop' }, { productId: 'GHOST001' }],
    });
    expect(withNames(cancelled.facts, undefined)).toEqual(cancelled.facts);
    expect(withNames(received.facts, received.facts)).toBe(received.facts);
  });

  it('has no names from orders that were announced before product ids were kept', () => {
    const old = readFacts(
      'order_received',
      '{"currency":"USD","amount":1,"items":[{"name":"Old","quantity":1,"price":1}]}',
    );
    expect(withNames(cancelled.facts, old)).toEqual(cancelled.facts);
  });
});
