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

/** An event about a payment for the other services. */
export type Announcement = { readonly orderId: string; readonly cause: Cause } & (
  | { readonly type: 'payment_successful'; readonly payload: PaymentSuccessful }
  | { readonly type: 'payment_failed'; readonly payload: PaymentFailed }
  | { readonly type: 'payment_captured'; readonly payload: PaymentCaptured }
  | { readonly type: 'payment_refunded'; readonly payload: PaymentRefunded }
  | { readonly type: 'payment_adjusted'; readonly payload: PaymentAdjusted }
);

/** Makes the event that announces a step. `payment` is the payment after the step, `before` the one it began with. */
export function announce(payment: Payment, kind: AnnouncementKind, before: Payment): Announcement {
  const { orderId, cause } = payment;
  const common = commonFields(payment);
  switch (kind) {
    case 'payment_successful': {
      const items = payment.items.map(({ productId, quantity }) => ({ product_id: productId, quantity }));
      return { type: kind, orderId, cause, payload: { ...common, items } };
    }
    case 'payment_failed': {
      const reason = payment.failureReason;
      if (reason === null) throw new TypeError(`the payment of order ${orderId} failed without a reason`);
      return { type: kind, orderId, cause, payload: { ...common, reason } };
    }
    case 'payment_captured':
      return { type: kind, orderId, cause, payload: { ...common, captured_amount: toDecimal(payment.capturedAmount) } };
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
  const payload = { ...commonFields(payment), method, ...(initiator && { initiator }) };
  return { type: 'payment_refunded', orderId, cause, payload };
}

function adjusted(payment: Payment, before: Payment): Announcement {
  const { orderId, cause, dispute } = payment;
  const { amount: _amount, ...common } = commonFields(payment);
  const givenBack = Math.max(0, payment.refundedAmount - before.refundedAmount);
  const payload = {
    ...common,
    given_back: toDecimal(minorUnitsOf(givenBack)),
    captured_amount: toDecimal(payment.capturedAmount),
    refunded_amount: toDecimal(payment.refundedAmount),
    ...(dispute && { dispute }),
  };
  return { type: 'payment_adjusted', orderId, cause, payload };
}

function commonFields(payment: Payment) {
  if (payment.paymentMethod === null) throw new TypeError(`the order ${payment.orderId} is not known yet`);
  return {
    payment_id: payment.paymentId,
    user_id: payment.userId,
    payment_method: payment.paymentMethod,
    currency: payment.currency,
    amount: toDecimal(payment.amount),
  };
}
