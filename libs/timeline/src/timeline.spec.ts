import { answers, at, failed, mail, PLACED, record, step, told } from '../test/answers';
import type { Answers } from './answers';
import { mermaidOf } from './mermaid';
import { timelineOf } from './timeline';

const texts = (all: Answers): string[] => timelineOf(all).entries.map(({ by, text }) => `${by}: ${text}`);

describe('the timeline of an order', () => {
  it('tells what happened over all services in the order of time, with what it caused', () => {
    const trail = [
      step(3, 'stock_taken', 'confirmed', { actor: 'inventory-service', from: 'paid' }),
      PLACED,
      step(2, 'payment_successful', 'paid', { details: { amount: 79, currency: 'EUR' } }),
    ];
    const all = answers({ trail, notifications: [mail({ sent_at: at(4) }), told('confirmed')] });
    expect(texts(all)).toEqual([
      'customer: Order placed: 1 item, 79.00 EUR',
      'payment-service: Payment of 79.00 EUR authorised; the order is paid',
      'inventory-service: Stock taken; the order is confirmed',
      'notification-service: E-mail sent: We received your order',
    ]);
    expect(timelineOf(all).entries[1]).toEqual({
      at: at(2),
      by: 'payment-service',
      what: 'payment_successful',
      text: 'Payment of 79.00 EUR authorised; the order is paid',
      event_id: null,
      cause: 'cause-2',
      details: { amount: 79, currency: 'EUR' },
    });
    expect(timelineOf(all).attention).toEqual([]);
  });

  it('tells why a card was declined, and which products were short', () => {
    const shortages = [
      { product_id: 'MOUSE001', requested: 3, available: 1, reason: 'insufficient_stock' },
      { product_id: 'UNICORN', requested: 1, available: 0, reason: 'unknown_product' },
    ];
    const cancelled = { from: 'pending', reason: 'payment_failed' };
    expect(
      texts(
        answers({
          trail: [
            step(2, 'payment_failed', 'cancelled', {
              ...cancelled,
              details: { amount: 79, decline_reason: 'insufficient_funds' },
            }),
          ],
        }),
      ),
    ).toEqual([
      'payment-service: Payment of 79.00 EUR declined: insufficient funds; the order is cancelled (payment failed)',
    ]);
    expect(
      texts(answers({ trail: [step(2, 'inventory_insufficient', 'cancelled', { details: { shortages } })] })),
    ).toEqual([
      'payment-service: Stock short: MOUSE001: 1 of 3 available, UNICORN is not sold; the order is cancelled',
    ]);
  });

  it('says what could not be handled, what waits behind it, and what to type', () => {
    const messages = [
      failed(),
      failed({ failed_message_id: 'f-2', status: 'waiting', topic: 'order_cancelled', waiting_behind: 0 }),
    ];
    const timeline = timelineOf(answers({ failed: { 'inventory-service': messages } }, 'paid'));
    expect(timeline.entries.map(({ text }) => text)).toEqual([
      'Order placed: 1 item, 79.00 EUR',
      'payment_successful could not be handled: new row violates check constraint',
      'order_cancelled waits behind a failed message',
    ]);
    expect(timeline.blocked.map(({ service, waits_behind }) => [service, waits_behind])).toEqual([
      ['inventory-service', null],
      ['inventory-service', 'f-1'],
    ]);
    expect(timeline.attention).toEqual([
      'inventory-service has given up payment_successful (dead_lettered), and 1 more waits behind it: ./ops failed show f-1, then ./ops failed retry f-1',
      `the order is paid since ${at(1)}`,
    ]);
  });

  it('shows what is known when the order service does not answer', () => {
    const unanswered = [{ service: 'order-service', why: 'no answer in 3 s' }];
    const timeline = timelineOf(answers({ order: null, trail: [], notifications: [mail()], unanswered }));
    expect(timeline).toMatchObject({ order: null, unanswered, attention: [] });
    expect(timeline.entries).toHaveLength(1);
  });
});

describe('the timeline of an order with its records', () => {
  const trail = [PLACED, step(2, 'payment_successful', 'paid', { cause: 'event-of-payment_successful' })];
  const all = answers({ trail, notifications: [mail({ sent_at: at(5) })] });
  const records = [
    record('order_created', 1, { event_id: 'e-1', trace_id: '0af7651916cd43dd8448eb211c80319c' }),
    record('payment_successful', 2, { service: 'payment-service', cause: 'e-1' }),
    record('order_confirmed', 3, { cause: 'e-7', payload: { total_amount: 79 } }),
    record('order_confirmed', 4, { cause: 'e-7' }),
    record('notification_sent', 6, { event_id: 'e-9', cause: 'e-8', payload: { notification_id: 'n-1' } }),
  ];

  it('tells each event once, and what only events tell', () => {
    const { entries } = timelineOf(all, records);
    expect(entries.map(({ what, event_id, cause }) => [what, event_id, cause])).toEqual([
      ['order_created', 'e-1', null],
      ['payment_successful', null, 'event-of-payment_successful'],
      ['order_confirmed', 'event-of-order_confirmed', 'e-7'],
      ['message_sent', 'e-9', 'e-8'],
    ]);
  });

  it('has the trace in which it was placed, else that of its first event that has one', () => {
    expect(timelineOf({ ...all, traceId: 'f'.repeat(32) }, records).trace_id).toBe('f'.repeat(32));
    expect(timelineOf(all, records).trace_id).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(timelineOf(all).trace_id).toBeNull();
  });
});

describe('the sequence diagram of an order', () => {
  it('has a line for each step, in which nothing ends the line for Mermaid', () => {
    const trail = [PLACED, step(2, 'payment_successful', 'paid')];
    expect(
      mermaidOf(timelineOf(answers({ trail, notifications: [mail({ sent_at: at(3), subject: 'a;b #1' })] }))).split(
        '\n',
      ),
    ).toEqual([
      'sequenceDiagram',
      '  participant customer as customer',
      '  participant order_service as order',
      '  participant payment_service as payment',
      '  participant notification_service as notification',
      '  customer->>order_service: 10:00:01.000 Order placed: 1 item, 79.00 EUR',
      '  payment_service->>order_service: 10:00:02.000 Payment successful, the order is paid',
      '  notification_service->>customer: 10:00:03.000 E-mail sent: a,b ,1',
    ]);
  });
});
