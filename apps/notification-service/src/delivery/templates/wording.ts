import { HIDDEN_CONTROLS } from '@app/platform';
import type { CancellationDetail, CancellationReason, PaymentFailureReason } from '@app/events';

export const CANCELLATION_WORDS: Readonly<Record<CancellationReason, string>> = {
  payment_failed: 'the payment failed',
  out_of_stock: 'not everything you ordered is in stock',
  cancelled_by_customer: 'you asked us to cancel it',
  timed_out: 'it could not be completed in time',
};

export const CANCELLATION_DETAIL_WORDS: Readonly<Record<CancellationDetail, string>> = {
  payment_reversed: 'your payment was given back',
};

export const PAYMENT_FAILURE_WORDS: Readonly<Record<PaymentFailureReason, string>> = {
  declined: 'your bank declined it',
  insufficient_funds: 'there is not enough money in the account',
  capture_failed: 'the amount had been reserved, but could not be collected',
  gateway_unavailable: 'our payment provider could not be reached',
};

/** The same after "because" in a cancellation. Only what the event's closed reasons tell: the bank's own words stay inside. */
export const DECLINE_WORDS: Readonly<Record<PaymentFailureReason, string>> = {
  declined: 'your bank declined the payment',
  insufficient_funds: 'there was not enough money in the account',
  capture_failed: 'the reserved amount could not be collected',
  gateway_unavailable: 'our payment provider could not be reached',
};

/** `129999`, `USD` → `1,299.99 USD`. */
export function amountInWords(amount: number, currency: string): string {
  const whole = String(Math.trunc(amount / 100)).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${whole}.${String(amount % 100).padStart(2, '0')} ${currency}`;
}

const HIDDEN = new RegExp(`[${HIDDEN_CONTROLS}]`, 'g');

/** Text of others on one line: a product's name must not be able to look like a line of ours. */
export function onOneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(HIDDEN, '')
    .trim();
}
