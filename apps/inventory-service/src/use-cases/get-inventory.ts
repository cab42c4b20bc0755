import { Injectable } from '@nestjs/common';
import { ProductNotFound } from '../domain/inventory.errors';
import type { Product, StockMovement } from '../domain/product';
import { InventoryReader } from '../persistence/inventory.reader';

export interface Page<T> {
  readonly rows: readonly T[];
  /** Whether there are more behind the last row. */
  readonly more: boolean;
}

/** Reads products and their history. */
@Injectable()
export class GetInventory {
  constructor(private readonly inventory: InventoryReader) {}

  /** @throws ProductNotFound */
  async product(productId: string): Promise<Product> {
    const product = await this.inventory.find(productId);
    if (product === undefined) throw new ProductNotFound(productId);
    return product;
  }

  async list(limit: number, after?: string): Promise<Page<Product>> {
    return pageOf(await this.inventory.list(limit, after), limit);
  }

  /** @throws ProductNotFound */
  async movements(productId: string, limit: number, before?: number): Promise<Page<StockMovement>> {
    const rows = await this.inventory.movements(productId, limit, before);
    // Every product has at least its initial movement.
    if (rows.length === 0) await this.product(productId);
    return pageOf(rows, limit);
  }
}

function pageOf<T>(rows: readonly T[], limit: number): Page<T> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
