import { boundedLook, DEFAULT_PAGE_LIMIT } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In, MoreThan } from 'typeorm';
import type { Product, StockMovement } from '../domain/product';
import { InventoryCache } from './inventory-cache';
import { productFrom, ProductEntity } from './product.entity';
import { movementFrom, StockMovementEntity } from './stock-movement.entity';

/** Everything the HTTP side reads. Lists hold one row more than asked for, if there is one: then there is a next page. */
@Injectable()
export class InventoryReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cache: InventoryCache,
  ) {}

  find(productId: string): Promise<Product | undefined> {
    return this.cache.product(productId, async () => {
      const row = await this.dataSource.getRepository(ProductEntity).findOneBy({ productId });
      return row === null ? undefined : productFrom(row);
    });
  }

  /** By product id. */
  list(limit: number, after?: string): Promise<Product[]> {
    if (after === undefined && limit === DEFAULT_PAGE_LIMIT) return this.cache.firstPage(() => this.page(limit));
    return this.page(limit, after);
  }

  /** Newest first. */
  async movements(productId: string, limit: number, before?: number): Promise<StockMovement[]> {
    const ids = boundedLook(
      {
        table: 'stock_movements',
        key: 'id',
        of: { column: 'product_id', value: '$1::text' },
        before: before === undefined ? undefined : '$3::bigint',
        wanted: [],
      },
      '$2',
    );
    const values = before === undefined ? [productId, limit + 1] : [productId, limit + 1, before];
    const found = await this.dataSource.query<{ id: string }[]>(ids, values);
    if (found.length === 0) return [];
    const rows = await this.dataSource
      .getRepository(StockMovementEntity)
      .find({ where: { id: In(found.map(({ id }) => id)) }, order: { id: 'DESC' } });
    return rows.map(movementFrom);
  }

  private async page(limit: number, after?: string): Promise<Product[]> {
    const rows = await this.dataSource.getRepository(ProductEntity).find({
      where: after === undefined ? {} : { productId: MoreThan(after) },
      order: { productId: 'ASC' },
      take: limit + 1,
    });
    return rows.map(productFrom);
  }
}
