import Type from 'typebox';
import { CurrencySchema, defineEvent, IdentifierSchema, MoneySchema, QuantitySchema, type PayloadOf } from './contract';

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

export const PaymentSuccessful = defineEvent({
  type: 'payment_successful',
  version: 1,
  publisher: 'payment-service',
  summary: 'The amount is held on the customer’s means of payment; it is captured only once the order is confirmed.',
  schema: Type.Object({
    payment_id: IdentifierSchema,
    user_id: IdentifierSchema,
    payment_method: IdentifierSchema,
    currency: CurrencySchema,
    amount: MoneySchema,
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
  summary: 'The payment was refused, or money that was held could not be collected.',
  schema: Type.Object({
    payment_id: IdentifierSchema,
    user_id: IdentifierSchema,
    payment_method: IdentifierSchema,
    currency: CurrencySchema,
    amount: MoneySchema,
    reason: Type.Enum(PAYMENT_FAILURE_REASONS),
  }),
});
export type PaymentFailed = PayloadOf<typeof PaymentFailed>;

/** `void`: a hold was released, nothing had been charged. `refund`: captured money went back. */
export const REFUND_METHODS = ['void', 'refund'] as const;
export type RefundMethod = (typeof REFUND_METHODS)[number];

export const PaymentRefunded = defineEvent({
  type: 'payment_refunded',
  version: 1,
  publisher: 'payment-service',
  summary: 'After a cancellation the customer’s money is free again: the hold was released or the capture refunded.',
  schema: Type.Object({
    payment_id: IdentifierSchema,
    user_id: IdentifierSchema,
    payment_method: IdentifierSchema,
    currency: CurrencySchema,
    amount: MoneySchema,
    method: Type.Enum(REFUND_METHODS),
  }),
});
export type PaymentRefunded = PayloadOf<typeof PaymentRefunded>;

export type PaymentServiceEvent = typeof PaymentSuccessful | typeof PaymentFailed | typeof PaymentRefunded;
