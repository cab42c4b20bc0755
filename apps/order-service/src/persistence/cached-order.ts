import {
  CANCELLATION_REASONS,
  CurrencySchema,
  IdentifierSchema,
  MAX_AMOUNT,
  minorUnitsOf,
  ORDER_NUMBER,
  PAYMENT_FAILURE_REASONS,
  QuantitySchema,
  SHORTAGE_REASONS,
} from '@app/events';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { OrderWithLines } from '../domain/order';

const AMOUNT = Type.Integer({ minimum: 0, maximum: MAX_AMOUNT });
const TIME = Type.Refine(Type.String(), isTime, () => 'must be a time in ISO 8601, UTC');

const SHORTAGE = Type.Object(
  {
    product_id: IdentifierSchema,
    requested: QuantitySchema,
    available: Type.Integer({ minimum: 0 }),
    reason: Type.Enum(SHORTAGE_REASONS),
  },
  { additionalProperties: false },
);

const CACHED_ORDER = Type.Object(
  {
    order: Type.Object(
      {
        orderId: Type.String(),
        orderNumber: Type.String({ pattern: ORDER_NUMBER.source }),
        userId: IdentifierSchema,
        paymentMethod: IdentifierSchema,
        currency: CurrencySchema,
        total: AMOUNT,
        correlationId: Type.String(),
        deadlineAt: TIME,
        createdAt: TIME,
        updatedAt: TIME,
        status: Type.Literal('cancelled'),
        reason: Type.Enum(CANCELLATION_REASONS),
      },
      { additionalProperties: false },
    ),
    lines: Type.Array(
      Type.Object(
        { productId: IdentifierSchema, productName: IdentifierSchema, quantity: QuantitySchema, price: AMOUNT },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
    // Always there: an entry of a replica of the version before, which knows nothing of causes, is none.
    cancellation: Type.Object(
      {
        declineReason: Type.Optional(Type.Enum(PAYMENT_FAILURE_REASONS)),
        shortages: Type.Optional(Type.Array(SHORTAGE, { minItems: 1, maxItems: 100 })),
        customerReason: Type.Optional(Type.String({ minLength: 1 })),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
const validator = Compile(CACHED_ORDER);

/**
 * The cancelled order that an entry of the cache holds, or `undefined` when the entry is not wholly what this service would have
 * stored of this order: it has another shape, is of another order, or its lines do not add up to its total.
 */
export function cachedOrderFrom(entry: unknown, orderId: string): OrderWithLines | undefined {
  if (!validator.Check(entry)) return undefined;
  const { order, lines, cancellation } = entry;
  if (order.orderId !== orderId || order.total !== totalOf(lines)) return undefined;
  return {
    order: {
      ...order,
      total: minorUnitsOf(order.total),
      deadlineAt: new Date(order.deadlineAt),
      createdAt: new Date(order.createdAt),
      updatedAt: new Date(order.updatedAt),
    },
    lines: lines.map((line) => ({ ...line, price: minorUnitsOf(line.price) })),
    cancellation,
  };
}

function totalOf(lines: Static<typeof CACHED_ORDER>['lines']): number {
  return lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
}

function isTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}
