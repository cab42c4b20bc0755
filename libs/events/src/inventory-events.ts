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

/** `added`: a new product with its first stock. `delivered`, `corrected`: a person changed the stock of a known one. */
export const STOCK_ADJUSTMENTS = ['added', 'delivered', 'corrected'] as const;
export type StockAdjustmentKind = (typeof STOCK_ADJUSTMENTS)[number];

/** An amount of stock, and by how much one may change: the inventory's own limit is half of it. */
const MAX_PIECES = 2_000_000_000;

export const StockAdjusted = defineEvent({
  type: 'stock_adjusted',
  version: 1,
  publisher: 'inventory-service',
  key: 'product',
  summary: 'A product was added, delivered or corrected: its stock changed, and no order did it.',
  schema: Type.Object({
    change: Type.Enum(STOCK_ADJUSTMENTS),
    /** Negative when pieces were removed; 0 only of a product that was added without stock. */
    quantity_delta: Type.Integer({ minimum: -MAX_PIECES, maximum: MAX_PIECES }),
    /** What can be sold after this change. */
    remaining: Type.Integer({ minimum: 0 }),
  }),
});
export type StockAdjusted = PayloadOf<typeof StockAdjusted>;

export const LowStock = defineEvent({
  type: 'low_stock',
  version: 1,
  publisher: 'inventory-service',
  key: 'product',
  summary: 'The stock of a product fell below its threshold. It is told again only after the stock has risen to it.',
  schema: Type.Object({
    /** What can still be sold: less than the threshold. */
    remaining: Type.Integer({ minimum: 0 }),
    threshold: Type.Integer({ minimum: 1 }),
  }),
});
export type LowStock = PayloadOf<typeof LowStock>;
