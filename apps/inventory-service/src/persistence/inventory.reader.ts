import { boundedLook } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Product, StockMovement } from '../domain/product';
import { PRODUCT_COLUMNS, productFrom, type ProductRow } from './product.entity';
import { MOVEMENT_COLUMNS, movementFrom, type StockMovementEntity } from './stock-movement.entity';

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
    const rows = await this.dataSource.query<StockMovementEntity[]>(
      `SELECT ${MOVEMENT_COLUMNS} FROM stock_movements WHERE id = ANY (ARRAY(${ids})) ORDER BY id DESC`,
      values,
    );
    return rows.map(movementFrom);
  }
}
