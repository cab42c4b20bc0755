import { Injectable } from '@nestjs/common';
import type { Product } from '../domain/product';
import { InventoryReader } from '../persistence/inventory.reader';
import { pageOf, type Page } from './page';

/** Lists products, by their ids. */
@Injectable()
export class ListProducts {
  constructor(private readonly inventory: InventoryReader) {}

  async execute(limit: number, after?: string): Promise<Page<Product>> {
    return pageOf(await this.inventory.list(limit, after), limit);
  }
}
