import { Injectable } from '@nestjs/common';
import { ProductNotFound } from '../domain/inventory.errors';
import type { Product } from '../domain/product';
import { InventoryReader } from '../persistence/inventory.reader';

/** Reads one product. */
@Injectable()
export class GetProduct {
  constructor(private readonly inventory: InventoryReader) {}

  /** @throws ProductNotFound */
  async execute(productId: string): Promise<Product> {
    const product = await this.inventory.find(productId);
    if (product === undefined) throw new ProductNotFound(productId);
    return product;
  }
}
