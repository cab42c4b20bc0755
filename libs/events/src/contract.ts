import Type from 'typebox';
import { hasAtMostTwoDecimals } from './money';

/** The service that publishes an event; there is exactly one per event. */
export type ServiceName = 'order-service' | 'payment-service' | 'inventory-service' | 'notification-service';

/** A JSON number with at most two decimals, 0 to 999,999,999.99. */
export const MoneySchema = Type.Refine(
  // JSON Schema's `multipleOf: 0.01` cannot say it: 1299.99 is not a multiple of 0.01 in binary floating point.
  Type.Number({ minimum: 0, maximum: 999_999_999.99 }),
  hasAtMostTwoDecimals,
  () => 'must have at most two decimals',
);

/** An identifier as callers may choose it: 1 to 100 characters, all of which a database can store as they are. */
export const IdentifierSchema = Type.Refine(
  Type.String({ minLength: 1, maxLength: 100 }),
  (text) => text.isWellFormed() && !text.includes('\u0000'),
  () => 'must be well-formed text without NUL',
);

/** What people call an order by: `7F3K-29QX`, in Crockford's base 32, which has no I, L, O and U. */
export const ORDER_NUMBER = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;

/** Of {@link ORDER_NUMBER}. Events from before orders had numbers have none. */
export const OrderNumberSchema = Type.String({ pattern: ORDER_NUMBER.source });

/** ISO 4217 alphabetic code. */
export const CurrencySchema = Type.String({ pattern: '^[A-Z]{3}$' });

/** How many pieces of a product: 1 to 1,000,000 (an order may name one product in several lines). */
export const QuantitySchema = Type.Integer({ minimum: 1, maximum: 1_000_000 });
