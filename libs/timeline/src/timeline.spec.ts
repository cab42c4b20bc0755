import type { Answers, FailedMessageAnswer, NotificationAnswer, OrderEventAnswer, PaymentAnswer } from './answers';
import { mermaidOf } from './mermaid';
import { timelineOf } from './timeline';

const at = (second: number): string => `2026-01-15T10:00:0${second}.000Z`;

function step(number: number, event: string, to: string, more: Partial<OrderEventAnswer> = {}): OrderEventAnswer {
  const nothing = { reason: null, details: null, cause: `cause-${number}`, actor: 'payment-service' };
  return { number, event, from: 'pending', to, time: at(number), ...nothing, ...more };
}

const PLACED = step(1, 'order_created', 'pending', {
  from: null,
  actor: 'customer',
  cause: null,
  details: { items: [{}], total_amount: 79, currency: 'EUR' },
});

function payment(changes: Partial<PaymentAnswer> = {}): PaymentAnswer {
  const money = { amount: 79, captured_amount: 79, refunded_amount: 0, currency: 'EUR' };
  const times = { created_at: at(1), updated_at: at(2) };
  return {
    payment_id: 'p',
    status: 'captured',
    ...money,
    failure_reason: null,
    dispute: null,
    pending: null,
    ...times,
    ...changes,
  };
}

function mail(changes: Partial<NotificationAnswer> = {}): NotificationAnswer {
  return {
    notification_id: 'n-1',
    notification_type: 'order_received',
    channel: 'email',
    subject: 'We received your order',
    message: 'Hello',
    status: 'sent',
    attempts: 1,
    resend_number: 0,
    next_attempt_at: null,
    last_error: null,
    sent_at: at(2),
    created_at: at(1),
    ...changes,
  };
}

function failed(changes: Partial<FailedMessageAnswer> = {}): FailedMessageAnswer {
  return {
    failed_message_id: 'f-1',
    status: 'dead_lettered',
    topic: 'payment_successful',
    event_id: 'e-1',
    error_message: 'new row violates check constraint',
    attempts: 1,
    waiting_behind: 1,
    first_failure_at: at(3),
    next_attempt_at: null,
    created_at: at(3),
    ...changes,
  };
}

function answers(changes: Partial<Answers> = {}, status = 'confirmed', reason: string | null = null): Answers {
  return {
    order: {
      order_id: 'o',
      order_number: '7F3K-29QX',
      user_id: 'u',
      status,
      cancellation_reason: reason,
      total_amount: 79,
      currency: 'EUR',
      payment_method: 'card',
      items: [],
      created_at: at(1),
      updated_at: at(1),
    },
    trail: [PLACED],
    payment: payment(),
    allocation: null,
    notifications: [],
    failed: {},
    unanswered: [],
    ...changes,
  };
}

const texts = (all: Answers): string[] => timelineOf(all).entries.map(({ by, text }) => `${by}: ${text}`);

describe('the timeline of an order', () => {
  it('tells what happened over all services in the order of time, with what it caused', () => {
    const trail = [
      step(3, 'stock_taken', 'confirmed', { actor: 'inventory-service', from: 'paid' }),
      PLACED,
      step(2, 'payment_successful', 'paid', { details: { amount: 79, currency: 'EUR' } }),
    ];
    const all = answers({ trail, notifications: [mail({ sent_at: at(4) })] });
    expect(texts(all)).toEqual([
      'customer: Placed: 1 line, 79.00 EUR',
      'payment-service: Payment authorised, 79.00 EUR; the order is paid',
      'inventory-service: Stock taken; the order is confirmed',
      'notification-service: E-mail sent: We received your order',
    ]);
    expect(timelineOf(all).entries[1]?.cause).toBe('cause-2');
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
            step(2, 'payment_failed', 'cancelled', { ...cancelled, details: { decline_reason: 'insufficient_funds' } }),
          ],
        }),
      ),
    ).toEqual(['payment-service: Payment failed: insufficient funds; the order is cancelled (payment failed)']);
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
      'Placed: 1 line, 79.00 EUR',
      'payment_successful could not be handled: new row violates check constraint',
      'order_cancelled waits behind a failed message',
    ]);
    expect(timeline.attention).toEqual([
      'inventory-service has given up payment_successful (dead_lettered), and 1 more wait behind it: ./ops failed show f-1, then ./ops failed retry f-1',
      `the order is paid since ${at(1)}`,
    ]);
  });

  it('says when a message is retried', () => {
    const retrying = failed({ status: 'retrying', attempts: 4, waiting_behind: 0, next_attempt_at: at(9) });
    expect(timelineOf(answers({ failed: { 'order-service': [retrying] } })).attention).toEqual([
      `order-service retries payment_successful at ${at(9)}, after 4 attempts`,
    ]);
  });

  it('says when the gateway is asked again, and that the outcome is unknown', () => {
    const pending = { operation: 'authorize', attempts: 2, outcome_unknown: true, next_attempt_at: at(8) };
    expect(timelineOf(answers({ payment: payment({ status: 'unknown', pending }) })).attention).toEqual([
      `the gateway is asked to authorize at ${at(8)}, after 2 attempts, of which the outcome is unknown`,
    ]);
  });

  it('says which messages are on their way, and which have failed', () => {
    const later = mail({ status: 'pending', sent_at: null, next_attempt_at: at(7), last_error: '451 try later' });
    const lost = mail({ notification_id: 'n-2', channel: 'sms', status: 'failed', sent_at: null });
    expect(timelineOf(answers({ notifications: [later, lost] })).attention).toEqual([
      `e-mail order_received is sent again at ${at(7)}: 451 try later`,
      'SMS order_received is failed; resend it: POST /notifications/n-2/resend',
    ]);
  });

  it('shows what is known when the order service does not answer', () => {
    const timeline = timelineOf(
      answers({ order: null, trail: [], notifications: [mail()], unanswered: ['order-service: no answer in 3 s'] }),
    );
    expect(timeline).toMatchObject({ order: null, unanswered: ['order-service: no answer in 3 s'] });
    expect(timeline.entries).toHaveLength(1);
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
      '  customer->>order_service: 10:00:01.000 Placed: 1 line, 79.00 EUR',
      '  payment_service->>order_service: 10:00:02.000 Payment authorised, the order is paid',
      '  notification_service->>customer: 10:00:03.000 E-mail sent: a,b ,1',
    ]);
  });
});
