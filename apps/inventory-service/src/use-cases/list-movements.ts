import { Injectable } from '@nestjs/common';
import type { StockMovement } from '../domain/product';
import { InventoryReader } from '../persistence/inventory.reader';
import { GetProduct } from './get-product';
import { pageOf, type Page } from './page';

/** Lists what has moved the stock of a product, newest first. */
@Injectable()
export class ListMovements {
  constructor(
    private readonly inventory: InventoryReader,
    private readonly getProduct: GetProduct,
  ) {}

  /** @throws ProductNotFound */
  async execute(productId: string, limit: number, before?: number): Promise<Page<StockMovement>> {
    const rows = await this.inventory.movements(productId, limit, before);
    // Every product has at least its initial movement.
    if (rows.length === 0) await this.getProduct.execute(productId);
    return pageOf(rows, limit);
  }
}
