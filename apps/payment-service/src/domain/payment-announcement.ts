import {
  minorUnitsOf,
  toDecimal,
  type Cause,
  type PaymentAdjusted,
  type PaymentCaptured,
  type PaymentFailed,
  type PaymentRefunded,
  type PaymentSuccessful,
  type RefundInitiator,
  type RefundMethod,
} from '@app/events';
import type { Payment } from './payment';
import type { AnnouncementKind } from './lifecycle-entry';

/** News of a payment for the other services. */
export type Announcement = { readonly orderId: string; readonly cause: Cause } & (
  | { readonly type: 'payment_successful'; readonly payload: PaymentSuccessful }
  | { readonly type: 'payment_failed'; readonly payload: PaymentFailed }
  | { readonly type: 'payment_captured'; readonly payload: PaymentCaptured }
  | { readonly type: 'payment_refunded'; readonly payload: PaymentRefunded }
  | { readonly type: 'payment_adjusted'; readonly payload: PaymentAdjusted }
);

/** Words the news of a payment. `payment` is the payment after the step, `before` the one it began with. */
export function announce(payment: Payment, news: AnnouncementKind, before: Payment): Announcement {
  const { orderId, cause } = payment;
  const facts = factsOf(payment);
  switch (news) {
    case 'payment_successful': {
      const items = payment.items.map(({ productId, quantity }) => ({ product_id: productId, quantity }));
      return { type: news, orderId, cause, payload: { ...facts, items } };
    }
    case 'payment_failed': {
      const reason = payment.failureReason;
      if (reason === null) throw new TypeError(`the payment of order ${orderId} failed without a reason`);
      return { type: news, orderId, cause, payload: { ...facts, reason } };
    }
    case 'payment_captured':
      return { type: news, orderId, cause, payload: { ...facts, captured_amount: toDecimal(payment.capturedAmount) } };
    case 'hold_voided':
      return refunded(payment, 'void');
    case 'capture_refunded':
      return refunded(payment, 'refund');
    case 'capture_reversed':
      return refunded(payment, 'refund', payment.dispute === 'lost' ? 'bank' : 'operator');
    case 'payment_adjusted':
      return adjusted(payment, before);
  }
}

function refunded(payment: Payment, method: RefundMethod, initiator?: RefundInitiator): Announcement {
  const { orderId, cause } = payment;
  const payload = { ...factsOf(payment), method, ...(initiator && { initiator }) };
  return { type: 'payment_refunded', orderId, cause, payload };
}

function adjusted(payment: Payment, before: Payment): Announcement {
  const { orderId, cause, dispute } = payment;
  const { amount: _amount, ...facts } = factsOf(payment);
  const givenBack = Math.max(0, payment.refundedAmount - before.refundedAmount);
  const payload = {
    ...facts,
    given_back: toDecimal(minorUnitsOf(givenBack)),
    captured_amount: toDecimal(payment.capturedAmount),
    refunded_amount: toDecimal(payment.refundedAmount),
    ...(dispute && { dispute }),
  };
  return { type: 'payment_adjusted', orderId, cause, payload };
}

function factsOf(payment: Payment) {
  if (payment.paymentMethod === null) throw new TypeError(`the order ${payment.orderId} is not known yet`);
  return {
    payment_id: payment.paymentId,
    user_id: payment.userId,
    payment_method: payment.paymentMethod,
    currency: payment.currency,
    amount: toDecimal(payment.amount),
  };
}
