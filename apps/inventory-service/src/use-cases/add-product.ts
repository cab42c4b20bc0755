import { Transactions } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ProductExists } from '../domain/inventory.errors';
import type { Product } from '../domain/product';
import { ProductRepository } from '../persistence/product.repository';
import type { StockChangeRequest } from './adjust-stock';
import { announceAdjusted } from './stock-announcements';

/** Takes a new product into the assortment, with its first stock. */
@Injectable()
export class AddProduct {
  constructor(
    private readonly transactions: Transactions,
    private readonly products: ProductRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ProductExists */
  execute(wanted: Omit<Product, 'updatedAt'>, { actor, cause }: StockChangeRequest): Promise<Product> {
    return this.transactions.run(async (unitOfWork) => {
      const product: Product = { ...wanted, updatedAt: this.clock.now() };
      const { productId, quantity, updatedAt } = product;
      if (!(await this.products.insert(unitOfWork, product))) throw new ProductExists(productId);
      await this.products.insertMovement(unitOfWork, {
        productId,
        quantityDelta: quantity,
        balance: quantity,
        reason: 'initial',
        note: null,
        actor,
        idempotencyKey: null,
        createdAt: updatedAt,
      });
      // A product that begins below its threshold has not fallen below it.
      const movement = { productId, quantityDelta: quantity, balance: quantity, reason: 'initial' } as const;
      announceAdjusted(unitOfWork, movement, cause);
      return product;
    });
  }
}
