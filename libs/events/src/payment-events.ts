import Type from 'typebox';
import { defineEvent, type PayloadOf } from '@app/cloudevents';
import { CurrencySchema, IdentifierSchema, MoneySchema, QuantitySchema } from './contract';

/**
 * Why a payment failed. `capture_failed` is the one that can come after `payment_successful`: the money was held but
 * could not be collected.
 */
export const PAYMENT_FAILURE_REASONS = [
  'declined',
  'insufficient_funds',
  'capture_failed',
  'gateway_unavailable',
] as const;
export type PaymentFailureReason = (typeof PAYMENT_FAILURE_REASONS)[number];

/** Whose payment it is, and how it is made. */
const PAYER = {
  payment_id: IdentifierSchema,
  user_id: IdentifierSchema,
  payment_method: IdentifierSchema,
  currency: CurrencySchema,
};

/** The same with what the order costs. */
const PAYMENT = { ...PAYER, amount: MoneySchema };

export const PaymentSuccessful = defineEvent({
  type: 'payment_successful',
  version: 1,
  publisher: 'payment-service',
  summary: 'The amount is held on the customer’s means of payment; it is captured only once the order is confirmed.',
  schema: Type.Object({
    ...PAYMENT,
    items: Type.Array(Type.Object({ product_id: IdentifierSchema, quantity: QuantitySchema }), {
      minItems: 1,
      maxItems: 100,
    }),
  }),
});
export type PaymentSuccessful = PayloadOf<typeof PaymentSuccessful>;

export const PaymentFailed = defineEvent({
  type: 'payment_failed',
  version: 1,
  publisher: 'payment-service',
  summary: 'The payment was declined, or the held amount could not be captured.',
  schema: Type.Object({
    ...PAYMENT,
    reason: Type.Enum(PAYMENT_FAILURE_REASONS),
  }),
});
export type PaymentFailed = PayloadOf<typeof PaymentFailed>;

export const PaymentCaptured = defineEvent({
  type: 'payment_captured',
  version: 1,
  publisher: 'payment-service',
  summary:
    'The held amount was collected. It can come after the cancellation of the order, when the capture was on its way ' +
    'by then; the refund follows. A payment over nothing (0.00) is not collected.',
  schema: Type.Object({
    ...PAYMENT,
    /** Less than `amount` if somebody collected a part of it at the gateway itself. */
    captured_amount: MoneySchema,
  }),
});
export type PaymentCaptured = PayloadOf<typeof PaymentCaptured>;

/** `void`: a hold was released, nothing had been charged. `refund`: captured money went back. */
export const REFUND_METHODS = ['void', 'refund'] as const;
export type RefundMethod = (typeof REFUND_METHODS)[number];

/**
 * Who gave the money back when it was not the payment service: somebody in the gateway's own pages, or the customer's bank
 * in a dispute that was lost.
 */
export const REFUND_INITIATORS = ['operator', 'bank'] as const;
export type RefundInitiator = (typeof REFUND_INITIATORS)[number];

export const PaymentRefunded = defineEvent({
  type: 'payment_refunded',
  version: 1,
  publisher: 'payment-service',
  summary:
    'All of the customer’s money was released: after a cancellation the hold was voided or the capture refunded. ' +
    'With an `initiator` someone else refunded it at the gateway, and the order must be cancelled.',
  schema: Type.Object({
    ...PAYMENT,
    method: Type.Enum(REFUND_METHODS),
    initiator: Type.Optional(Type.Enum(REFUND_INITIATORS)),
  }),
});
export type PaymentRefunded = PayloadOf<typeof PaymentRefunded>;

/** How far a customer's bank has got with a captured payment that its holder disputes. */
export const DISPUTE_STATES = ['open', 'won', 'lost'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

export const PaymentAdjusted = defineEvent({
  type: 'payment_adjusted',
  version: 1,
  publisher: 'payment-service',
  summary:
    'A captured payment was changed at the gateway itself: a part of it was refunded, or the customer’s ' +
    'bank disputes it. The order remains confirmed.',
  schema: Type.Object({
    ...PAYER,
    /** Given back since the last event about this payment; 0 when it is about something else. */
    given_back: MoneySchema,
    captured_amount: MoneySchema,
    /** In total, so far. */
    refunded_amount: MoneySchema,
    dispute: Type.Optional(Type.Enum(DISPUTE_STATES)),
  }),
});
export type PaymentAdjusted = PayloadOf<typeof PaymentAdjusted>;
