import type { GatewayTrigger } from '../domain/lifecycle-entry';
import type { PaymentHint } from './payment-gateway';

/** Which of Stripe's events are about money that has been collected. A refund that is changed may have failed. */
const ABOUT: Readonly<Record<string, GatewayTrigger>> = {
  'charge.refunded': 'money_moved',
  'refund.created': 'money_moved',
  'charge.dispute.created': 'money_moved',
  'charge.dispute.updated': 'money_moved',
  'charge.dispute.closed': 'money_moved',
  'charge.dispute.funds_withdrawn': 'money_moved',
  'charge.dispute.funds_reinstated': 'money_moved',
  'charge.refund.updated': 'refund_changed',
  'refund.updated': 'refund_changed',
  'refund.failed': 'refund_changed',
};
export const MONEY_EVENTS = Object.keys(ABOUT);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What Stripe's names are made of, and what a name of an event type is. */
const STRIPE_ID = /^[\w-]{1,255}$/;
const EVENT_TYPE = /^[\w.]{1,255}$/;

/** An event of Stripe's, as far as we read it; undefined when it is none, whoever has signed it. */
export function hintOf(event: unknown): PaymentHint | undefined {
  const { id, type, data } = fieldsOf(event);
  const { object } = fieldsOf(data);
  if (!isText(id, STRIPE_ID) || !isText(type, EVENT_TYPE)) return undefined;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  const subject = fieldsOf(object);
  const candidates = [fieldsOf(subject['metadata'])['order_id'], subject['transfer_group']];
  const intent: unknown = subject['object'] === 'payment_intent' ? subject['id'] : subject['payment_intent'];
  return {
    eventId: id,
    type,
    orderId: candidates.find((candidate) => isText(candidate, UUID)),
    reference: isText(intent, STRIPE_ID) ? intent : undefined,
    about: ABOUT[type],
  };
}

/** The order a PaymentIntent names, if it is one of ours. */
export function orderNamedBy(metadata: Readonly<Record<string, string>> | null): string | undefined {
  const orderId = metadata?.['order_id'];
  return isText(orderId, UUID) ? orderId : undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
