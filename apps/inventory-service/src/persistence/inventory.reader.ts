import { Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import type { Product, StockMovement } from '../domain/product';
import { PRODUCT_COLUMNS, productFrom, type ProductRow } from './product.entity';
import { movementFrom, StockMovementEntity } from './stock-movement.entity';

const FIND = `SELECT ${PRODUCT_COLUMNS} FROM inventory WHERE product_id = $1`;

const PAGE = `SELECT ${PRODUCT_COLUMNS} FROM inventory ORDER BY product_id LIMIT $1`;

const PAGE_AFTER = `SELECT ${PRODUCT_COLUMNS} FROM inventory WHERE product_id > $2 ORDER BY product_id LIMIT $1`;

/**
 * Everything the HTTP side reads. Lists hold one row more than asked for, if there is one: then there is a next page. All of it is
 * read from the database: there is nothing about a stock that can never change, and so nothing that could be cached and be right.
 */
@Injectable()
export class InventoryReader {
  constructor(private readonly dataSource: DataSource) {}

  async find(productId: string): Promise<Product | undefined> {
    const [row] = await this.dataSource.query<ProductRow[]>(FIND, [productId]);
    return row && productFrom(row);
  }

  /** By product id. */
  async list(limit: number, after?: string): Promise<Product[]> {
    const rows = await (after === undefined
      ? this.dataSource.query<ProductRow[]>(PAGE, [limit + 1])
      : this.dataSource.query<ProductRow[]>(PAGE_AFTER, [limit + 1, after]));
    return rows.map(productFrom);
  }

  /** Newest first. */
  async movements(productId: string, limit: number, before?: number): Promise<StockMovement[]> {
    const rows = await this.dataSource.getRepository(StockMovementEntity).find({
      where: { productId, ...(before === undefined ? {} : { id: LessThan(String(before)) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return rows.map(movementFrom);
  }
}
