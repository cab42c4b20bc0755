import type {
  Answers,
  FailedMessageAnswer,
  NotificationAnswer,
  OrderEventAnswer,
  OrderRecord,
  PaymentAnswer,
} from '../src/answers';

/** A time in the life of the order, which takes some seconds. */
export const at = (second: number): string => `2026-01-15T10:00:0${second}.000Z`;

export function step(
  number: number,
  event: string,
  to: string,
  more: Partial<OrderEventAnswer> = {},
): OrderEventAnswer {
  const nothing = { reason: null, details: null, cause: `cause-${number}`, actor: 'payment-service' };
  return { number, event, from: 'pending', to, time: at(number), ...nothing, ...more };
}

export const PLACED = step(1, 'order_created', 'pending', {
  from: null,
  actor: 'customer',
  cause: null,
  details: { items: [{}], total_amount: 79, currency: 'EUR' },
});

export function payment(changes: Partial<PaymentAnswer> = {}): PaymentAnswer {
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

export function mail(changes: Partial<NotificationAnswer> = {}): NotificationAnswer {
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

/** The message about the end of an order, for which there is no provider. */
export function told(status: string): NotificationAnswer {
  return mail({
    notification_id: 'n-end',
    notification_type: `order_${status}`,
    message: status,
    status: 'logged',
    sent_at: null,
  });
}

export function failed(changes: Partial<FailedMessageAnswer> = {}): FailedMessageAnswer {
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

export function answers(changes: Partial<Answers> = {}, status = 'confirmed', reason: string | null = null): Answers {
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
    traceId: null,
    payment: payment(),
    allocation: null,
    notifications: [told(status)],
    failed: {},
    truncated: [],
    unanswered: [],
    ...changes,
  };
}

export function record(type: string, second: number, more: Partial<OrderRecord> = {}): OrderRecord {
  const ids = { event_id: `event-of-${type}`, cause: null, trace_id: null };
  return { type, service: 'order-service', at: at(second), text: type, payload: {}, ...ids, ...more };
}
