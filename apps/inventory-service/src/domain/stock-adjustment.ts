import { AdjustmentBeyondLimit, DeliveryNotPositive, NotEnoughStock } from './inventory.errors';

/**
 * How many pieces a person may put on one product. The table takes twice as many, so that what cancelled orders give back
 * always fits.
 */
export const MAX_STOCK = 1_000_000_000;

/** Why a person changes a stock. */
export const ADJUSTMENT_REASONS = ['delivery', 'correction'] as const;
export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

export interface StockAdjustment {
  readonly quantityDelta: number;
  readonly reason: AdjustmentReason;
  readonly note: string | null;
}

/**
 * The quantity after an adjustment.
 * @throws DeliveryNotPositive, NotEnoughStock, AdjustmentBeyondLimit
 */
export function adjustStock(quantity: number, { quantityDelta, reason }: StockAdjustment): number {
  if (reason === 'delivery' && quantityDelta < 0) throw new DeliveryNotPositive();
  const adjusted = quantity + quantityDelta;
  if (adjusted < 0) throw new NotEnoughStock(quantity, -quantityDelta);
  if (quantityDelta > 0 && adjusted > MAX_STOCK) throw new AdjustmentBeyondLimit(quantity, MAX_STOCK);
  return adjusted;
}
