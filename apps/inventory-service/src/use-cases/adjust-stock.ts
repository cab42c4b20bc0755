import type { Cause } from '@app/events';
import { Transactions, Turns, type UnitOfWork } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { IdempotencyKeyReused, ProductNotFound } from '../domain/inventory.errors';
import { stockFell } from '../domain/low-stock';
import type { Product, StockMovement } from '../domain/product';
import { adjustStock, type StockAdjustment } from '../domain/stock-adjustment';
import { ProductRepository } from '../persistence/product.repository';
import { announceAdjusted, announceFallen } from './stock-announcements';

export interface AdjustedStock {
  readonly product: Product;
  readonly movement: StockMovement;
  /** The adjustment had been made before under the same key; this is what it led to then. */
  readonly replayed: boolean;
}

/** Who changes a stock, and why. */
export interface StockChangeRequest {
  /** As the movements are to name them. */
  readonly actor: string;
  readonly cause: Cause;
}

/** How an adjustment was asked for. */
export interface AdjustmentRequest extends StockChangeRequest {
  readonly idempotencyKey: string | undefined;
}

/** Puts a delivery on stock, or corrects what is on record. */
@Injectable()
export class AdjustStock {
  private readonly turns = new Turns();

  constructor(
    private readonly transactions: Transactions,
    private readonly products: ProductRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ProductNotFound, IdempotencyKeyReused, and whatever `adjustStock` throws */
  execute(productId: string, adjustment: StockAdjustment, request: AdjustmentRequest): Promise<AdjustedStock> {
    const { idempotencyKey } = request;
    return this.turns.take(productId, () =>
      this.transactions.run(async (unitOfWork) => {
        // Before anything is looked up by the key: of two requests with the same one, the second waits here for the first.
        const product = await this.products.lock(unitOfWork, productId);
        if (product === undefined) throw new ProductNotFound(productId);
        const earlier = await this.earlierMovement(unitOfWork, productId, idempotencyKey);
        if (earlier === undefined) return this.adjust(unitOfWork, product, adjustment, request);
        if (!isSameAdjustment(earlier, adjustment)) throw new IdempotencyKeyReused();
        return { product: productAfter(product, earlier), movement: earlier, replayed: true };
      }),
    );
  }

  private async earlierMovement(
    unitOfWork: UnitOfWork,
    productId: string,
    key: string | undefined,
  ): Promise<StockMovement | undefined> {
    return key === undefined ? undefined : this.products.findByKey(unitOfWork, productId, key);
  }

  private async adjust(
    unitOfWork: UnitOfWork,
    product: Product,
    adjustment: StockAdjustment,
    { idempotencyKey, actor, cause }: AdjustmentRequest,
  ): Promise<AdjustedStock> {
    const { productId, quantity, lowStockThreshold } = product;
    const movement = await this.products.move(unitOfWork, {
      ...adjustment,
      productId,
      balance: adjustStock(quantity, adjustment),
      actor,
      idempotencyKey: idempotencyKey ?? null,
      createdAt: this.clock.now(),
    });
    const { quantityDelta: delta, balance } = movement;
    announceAdjusted(unitOfWork, { ...adjustment, productId, balance }, cause);
    announceFallen(unitOfWork, stockFell({ productId, delta, balance }, lowStockThreshold), cause);
    return { product: productAfter(product, movement), movement, replayed: false };
  }
}

function isSameAdjustment(movement: StockMovement, { quantityDelta, reason, note }: StockAdjustment): boolean {
  return movement.quantityDelta === quantityDelta && movement.reason === reason && movement.note === note;
}

function productAfter(product: Product, { balance, createdAt }: StockMovement): Product {
  return { ...product, quantity: balance, updatedAt: createdAt };
}
