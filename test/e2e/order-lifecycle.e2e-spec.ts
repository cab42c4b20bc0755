import { eventually } from '@app/testing';
import type { OrderAnswer } from '../system/answers';
import { System } from '../system/system';

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { ORDER_DEADLINE_MS: '6000', PAYMENT_GATEWAY_TIMEOUT_MS: '2000' } });
});

afterAll(() => system.stop());

async function trailOf(orderId: string): Promise<string[]> {
  type Trail = { events: { number: number; event: string; from: string | null; to: string; actor: string }[] };
  const { body } = await system.orders.get<Trail>(`/orders/${orderId}/events`);
  expect(body.events.map(({ number }) => number)).toEqual(body.events.map((_, index) => index + 1));
  return body.events.map(({ event, to, actor }) => `${event} by ${actor}: ${to}`);
}

async function sentTo(orderId: string): Promise<string[]> {
  const notifications = await system.notificationsOf(orderId);
  return notifications
    .filter(({ status }) => status === 'sent')
    .map((notification) => notification.notification_type)
    .toSorted();
}

describe('an order for goods that are there, with a card that works', () => {
  let order: OrderAnswer;
  let stockBefore: number;

  beforeAll(async () => {
    stockBefore = await system.quantityOf('LAPTOP001');
    order = await system.place();
  });

  it('is pending when it is accepted, and confirmed soon after', async () => {
    expect(order).toMatchObject({ user_id: 'user_123', status: 'pending', total_amount: 1299.99, currency: 'USD' });
    expect(await system.settled(order.order_id)).toMatchObject({ status: 'confirmed', cancellation_reason: null });
  });

  it('has its money captured', async () => {
    await eventually(async () => {
      expect(await system.payment(order.order_id)).toMatchObject({
        status: 'captured',
        amount: 1299.99,
        captured_amount: 1299.99,
        refunded_amount: 0,
      });
    });
  });

  it('has taken one laptop from the stock', async () => {
    expect(await system.quantityOf('LAPTOP001')).toBe(stockBefore - 1);
  });

  it('tells its customer each step, by mails that arrive', async () => {
    await eventually(async () => {
      expect(await sentTo(order.order_id)).toEqual(['order_confirmed', 'order_paid', 'order_received']);
    });
    const { body: mails } = await system.mail.get<{ subject: string; text: string }[]>('/api/email');
    const about = mails.filter((mail) => JSON.stringify(mail).includes(order.order_id));
    expect(about).toHaveLength(3);
    const { order_number: number } = order;
    expect(about.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([`We received your order ${number}`, `Your order ${number} is confirmed`]),
    );
  });

  it('is found by the number in its mails, as a customer types it', async () => {
    const typed = order.order_number.replace('-', '').toLowerCase();
    const { body } = await system.orders.get<{ orders: OrderAnswer[] }>(`/orders?order_number=${typed}`);
    expect(body.orders).toEqual([expect.objectContaining({ order_id: order.order_id, status: 'confirmed' })]);
  });

  it('has an audit trail that says who did what', async () => {
    await eventually(async () => {
      const trail = await trailOf(order.order_id);
      expect(trail[0]).toBe('order_created by customer: pending');
      expect(trail).toContain('stock_taken by inventory-service: confirmed');
      expect(trail).toContain('payment_captured by payment-service: confirmed');
    });
  });

  it('can be cancelled by its customer, who gets money and message, while the goods go back', async () => {
    const { status, body } = await system.orders.post<OrderAnswer>(`/orders/${order.order_id}/cancel`);
    expect({ status, order: body.status, reason: body.cancellation_reason }).toEqual({
      status: 200,
      order: 'cancelled',
      reason: 'cancelled_by_customer',
    });
    await eventually(async () => {
      expect(await system.payment(order.order_id)).toMatchObject({ status: 'refunded', refunded_amount: 1299.99 });
      expect(await system.quantityOf('LAPTOP001')).toBe(stockBefore);
      expect(await sentTo(order.order_id)).toEqual(
        ['order_received', 'order_paid', 'order_confirmed', 'order_cancelled', 'payment_refunded'].toSorted(),
      );
      const trail = await trailOf(order.order_id);
      expect(trail).toEqual(
        expect.arrayContaining([
          'cancel_requested by customer: cancelled',
          'payment_refunded by payment-service: cancelled',
          'stock_returned by inventory-service: cancelled',
        ]),
      );
    });
  });
});

describe('a confirmed order whose money an operator gives back at the gateway', () => {
  it('stands when it was a part, and is cancelled when it was all: goods go back, and its customer hears of it', async () => {
    const product = await system.newProduct(5);
    const { order_id } = await system.place({ items: [product] });
    await system.settled(order_id);
    await eventually(async () => expect(await system.payment(order_id)).toMatchObject({ status: 'captured' }));
    const refund = (amount?: number) => system.payments.post('/simulator/refunds', { order_id, amount });
    await refund(0.01);
    await eventually(async () => {
      expect(await system.payment(order_id)).toMatchObject({ status: 'captured', refunded_amount: 0.01 });
      expect(await trailOf(order_id)).toContain('payment_adjusted by payment-service: confirmed');
      expect(await sentTo(order_id)).toContain('payment_refunded');
    });
    await refund();
    await eventually(async () => {
      expect(await system.payment(order_id)).toMatchObject({ status: 'refunded' });
      expect(await trailOf(order_id)).toEqual(
        expect.arrayContaining([
          'payment_reversed by payment-service: cancelled',
          'stock_returned by inventory-service: cancelled',
        ]),
      );
      expect(await system.quantityOf(product.product_id)).toBe(5);
      const sent = await sentTo(order_id);
      expect(sent.filter((type) => type === 'payment_refunded')).toHaveLength(2);
      expect(sent).toContain('order_cancelled');
    });
  });
});

describe('an order whose card is refused', () => {
  it.each([
    ['test_declined', 'declined'],
    ['test_insufficient_funds', 'insufficient_funds'],
  ])('with %s is cancelled, nothing is charged and nothing is taken', async (payment_method, reason) => {
    const before = await system.quantityOf('MOUSE001');
    const item = { product_id: 'MOUSE001', product_name: 'Gaming Mouse', quantity: 2, price: 79.99 };
    const { order_id } = await system.place({ payment_method, items: [item] });
    expect(await system.settled(order_id)).toMatchObject({
      status: 'cancelled',
      cancellation_reason: 'payment_failed',
      decline_reason: reason,
    });
    expect(await system.payment(order_id)).toMatchObject({
      status: 'failed',
      captured_amount: 0,
      failure_reason: reason,
    });
    expect(await system.quantityOf('MOUSE001')).toBe(before);
    await eventually(async () => expect(await sentTo(order_id)).toEqual(expect.arrayContaining(['payment_failed'])));
  });
});

describe('an order for more than there is', () => {
  it('is cancelled as out of stock, takes no line at all, and its hold is released', async () => {
    const scarce = await system.newProduct(1);
    const plenty = await system.newProduct(5);
    const { order_id } = await system.place({
      items: [
        { ...plenty, quantity: 2 },
        { ...scarce, quantity: 2 },
      ],
    });
    expect(await system.settled(order_id)).toMatchObject({
      status: 'cancelled',
      cancellation_reason: 'out_of_stock',
      shortages: [{ product_id: scarce.product_id, requested: 2, available: 1, reason: 'insufficient_stock' }],
    });
    expect([await system.quantityOf(plenty.product_id), await system.quantityOf(scarce.product_id)]).toEqual([5, 1]);
    await eventually(async () =>
      expect(await system.payment(order_id)).toMatchObject({ status: 'voided', captured_amount: 0 }),
    );
  });

  it('is cancelled in the same way for a product nobody has heard of', async () => {
    const item = { product_id: 'NO-SUCH-PRODUCT', product_name: 'Nothing', quantity: 1, price: 1 };
    const { order_id } = await system.place({ items: [item] });
    expect(await system.settled(order_id)).toMatchObject({
      cancellation_reason: 'out_of_stock',
      shortages: [{ product_id: 'NO-SUCH-PRODUCT', requested: 1, available: 0, reason: 'unknown_product' }],
    });
  });
});

describe('an order whose payment has an unknown outcome', () => {
  it('is confirmed when the gateway had charged before it failed, and charged once', async () => {
    const { order_id } = await system.place({ payment_method: 'test_error_after_charge' });
    expect(await system.settled(order_id)).toMatchObject({ status: 'confirmed' });
    await eventually(async () =>
      expect(await system.payment(order_id)).toMatchObject({ status: 'captured', captured_amount: 1299.99 }),
    );
  });

  it('is cancelled by its deadline when the gateway never answers', async () => {
    const { order_id } = await system.place({ payment_method: 'test_timeout' });
    expect(await system.settled(order_id)).toMatchObject({ status: 'cancelled', cancellation_reason: 'timed_out' });
  });
});

describe('an order that is cancelled at once', () => {
  it('ends with nothing held and nothing taken, however far it had come', async () => {
    const product = await system.newProduct(50);
    const orders = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { order_id } = await system.place({ items: [product] });
        await system.orders.post(`/orders/${order_id}/cancel`);
        return order_id;
      }),
    );
    await eventually(
      async () => {
        expect(await system.quantityOf(product.product_id)).toBe(50);
        for (const orderId of orders) {
          const payment = await system.payment(orderId);
          expect(['cancelled', 'voided', 'refunded']).toContain(payment.status);
          expect(payment.captured_amount).toBe(payment.refunded_amount);
        }
      },
      { timeoutMs: 20_000 },
    );
  });
});
