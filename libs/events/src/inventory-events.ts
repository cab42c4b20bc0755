import Type from 'typebox';
import { defineEvent, type PayloadOf } from '@app/cloudevents';
import { IdentifierSchema, QuantitySchema } from './contract';

/** `taken`: an order's goods left the sellable stock. `returned`: they came back after a cancellation. */
export const STOCK_CHANGES = ['taken', 'returned'] as const;
export type StockChange = (typeof STOCK_CHANGES)[number];

export const InventoryUpdated = defineEvent({
  type: 'inventory_updated',
  version: 1,
  publisher: 'inventory-service',
  summary: 'All lines of an order were taken from the stock, or returned to it.',
  schema: Type.Object({
    user_id: IdentifierSchema,
    change: Type.Enum(STOCK_CHANGES),
    items: Type.Array(
      Type.Object({
        product_id: IdentifierSchema,
        quantity: QuantitySchema,
        /** What can still be sold after this change. */
        remaining: Type.Integer({ minimum: 0 }),
      }),
      { minItems: 1, maxItems: 100 },
    ),
  }),
});
export type InventoryUpdated = PayloadOf<typeof InventoryUpdated>;

/** `unknown_product`: the warehouse has never heard of it. */
export const SHORTAGE_REASONS = ['insufficient_stock', 'unknown_product'] as const;
export type ShortageReason = (typeof SHORTAGE_REASONS)[number];

export const InventoryInsufficient = defineEvent({
  type: 'inventory_insufficient',
  version: 1,
  publisher: 'inventory-service',
  summary: 'At least one line of an order was not available, so none was taken.',
  schema: Type.Object({
    user_id: IdentifierSchema,
    shortages: Type.Array(
      Type.Object({
        product_id: IdentifierSchema,
        requested: QuantitySchema,
        available: Type.Integer({ minimum: 0 }),
        missing: QuantitySchema,
        reason: Type.Enum(SHORTAGE_REASONS),
      }),
      { minItems: 1, maxItems: 100 },
    ),
  }),
});
export type InventoryInsufficient = PayloadOf<typeof InventoryInsufficient>;
