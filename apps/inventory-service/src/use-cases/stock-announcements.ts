import { LowStock, StockAdjusted, type Cause, type StockAdjustmentKind } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import type { StockFell } from '../domain/low-stock';
import type { StockMovement } from '../domain/product';

/** What others are told a movement is that no order made. */
const KINDS = {
  initial: 'added',
  delivery: 'delivered',
  correction: 'corrected',
} as const satisfies Partial<Record<StockMovement['reason'], StockAdjustmentKind>>;

/** Tells that a person changed the stock of a product, whose row the unit of work holds. */
export function announceAdjusted(
  unitOfWork: UnitOfWork,
  movement: Pick<StockMovement, 'productId' | 'quantityDelta' | 'balance'> & { readonly reason: keyof typeof KINDS },
  cause: Cause,
): void {
  const { productId, quantityDelta, balance, reason } = movement;
  const payload = { change: KINDS[reason], quantity_delta: quantityDelta, remaining: balance };
  unitOfWork.publish(StockAdjusted, { key: productId, payload, cause });
}

/** Tells that a product is low on stock now, if it is; the unit of work holds its row. */
export function announceFallen(unitOfWork: UnitOfWork, fell: StockFell | undefined, cause: Cause): void {
  if (fell === undefined) return;
  const { productId, remaining, threshold } = fell;
  unitOfWork.publish(LowStock, { key: productId, payload: { remaining, threshold }, cause });
}
