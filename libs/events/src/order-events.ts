import Type from 'typebox';
import { defineEvent, type PayloadOf } from '@app/cloudevents';
import { CurrencySchema, IdentifierSchema, MoneySchema, OrderNumberSchema, QuantitySchema } from './contract';
import { SHORTAGE_REASONS } from './inventory-events';
import { PAYMENT_FAILURE_REASONS } from './payment-events';

/** Why an order ended without being fulfilled. Closed: a new reason is a new version of `order_cancelled`. */
export const CANCELLATION_REASONS = ['payment_failed', 'out_of_stock', 'cancelled_by_customer', 'timed_out'] as const;
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

/** What a closed {@link CancellationReason} leaves out. `payment_reversed`: the money had been captured and was given back. */
export const CANCELLATION_DETAILS = ['payment_reversed'] as const;
export type CancellationDetail = (typeof CANCELLATION_DETAILS)[number];

export const OrderCreated = defineEvent({
  type: 'order_created',
  version: 1,
  publisher: 'order-service',
  summary: 'A customer placed an order; it awaits payment.',
  schema: Type.Object({
    order_number: Type.Optional(OrderNumberSchema),
    user_id: IdentifierSchema,
    payment_method: IdentifierSchema,
    currency: CurrencySchema,
    total_amount: MoneySchema,
    items: Type.Array(
      Type.Object({
        product_id: IdentifierSchema,
        product_name: IdentifierSchema,
        quantity: QuantitySchema,
        price: MoneySchema,
      }),
      { minItems: 1, maxItems: 100 },
    ),
  }),
});
export type OrderCreated = PayloadOf<typeof OrderCreated>;

export const OrderConfirmed = defineEvent({
  type: 'order_confirmed',
  version: 1,
  publisher: 'order-service',
  summary: 'Money is held and stock is taken: the order will be fulfilled, and the payment may be captured.',
  schema: Type.Object({
    order_number: Type.Optional(OrderNumberSchema),
    user_id: IdentifierSchema,
    currency: CurrencySchema,
    total_amount: MoneySchema,
  }),
});
export type OrderConfirmed = PayloadOf<typeof OrderConfirmed>;

export const OrderCancelled = defineEvent({
  type: 'order_cancelled',
  version: 1,
  publisher: 'order-service',
  summary:
    'The order will not be fulfilled. The only trigger of compensation: the payment is refunded and the stock returned.',
  schema: Type.Object({
    order_number: Type.Optional(OrderNumberSchema),
    user_id: IdentifierSchema,
    reason: Type.Enum(CANCELLATION_REASONS),
    detail: Type.Optional(Type.Enum(CANCELLATION_DETAILS)),
    /** With `payment_failed`, as far as it is known: why. */
    decline_reason: Type.Optional(Type.Enum(PAYMENT_FAILURE_REASONS)),
    /** With `out_of_stock`: what there was too little of, or none of that name. */
    shortages: Type.Optional(
      Type.Array(
        Type.Object({
          product_id: IdentifierSchema,
          requested: QuantitySchema,
          available: Type.Integer({ minimum: 0 }),
          reason: Type.Enum(SHORTAGE_REASONS),
        }),
        { minItems: 1, maxItems: 100 },
      ),
    ),
    payment_method: IdentifierSchema,
    currency: CurrencySchema,
    total_amount: MoneySchema,
  }),
});
export type OrderCancelled = PayloadOf<typeof OrderCancelled>;
