import type { MinorUnits } from '@app/events';

/** Something the warehouse sells, and how many pieces of it can still be sold. */
export interface Product {
  readonly productId: string;
  readonly productName: string;
  readonly quantity: number;
  readonly price: MinorUnits;
  readonly currency: string;
  /** With less than this it is low on stock; 0: never. */
  readonly lowStockThreshold: number;
  /** Time of the last change of its stock. */
  readonly updatedAt: Date;
}

/** Why a product's stock changed. `taken` and `returned` belong to an order, the others to a person. */
export const MOVEMENT_REASONS = ['initial', 'delivery', 'correction', 'taken', 'returned'] as const;
export type MovementReason = (typeof MOVEMENT_REASONS)[number];

/** One entry of a product's history; the deltas of all of them add up to its quantity. */
export interface StockMovement {
  /** Grows with time within a product. */
  readonly movementId: number;
  readonly productId: string;
  readonly orderId: string | null;
  readonly quantityDelta: number;
  /** The product's quantity after it. */
  readonly balance: number;
  readonly reason: MovementReason;
  readonly note: string | null;
  readonly actor: string;
  readonly createdAt: Date;
}
