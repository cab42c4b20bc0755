import type { OrderCancelled, ShortageReason } from '@app/events';

/** A product of which an order wanted more than there was. */
export interface Shortage {
  readonly productId: string;
  /** As the customer ordered it; not known when the order itself is not. */
  readonly name?: string;
  readonly requested: number;
  readonly available: number;
  readonly reason: ShortageReason;
}

/** The shortages as the event has them, which does not say what the products are called. */
export function shortagesOf(shortages: NonNullable<OrderCancelled['shortages']>): Shortage[] {
  return shortages.map(({ product_id: productId, requested, available, reason }) => {
    return { productId, requested, available, reason };
  });
}

/** The shortages with the names that the products have in the order. */
export function named(
  shortages: readonly Shortage[],
  items: readonly { readonly productId?: string; readonly name: string }[],
): Shortage[] {
  return shortages.map((shortage) => {
    const item = items.find(({ productId }) => productId === shortage.productId);
    return item === undefined ? shortage : { ...shortage, name: item.name };
  });
}
