import { boundedLook } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';
import type { Product, StockMovement } from '../domain/product';
import { StockAllocationEntity } from './stock-allocation.entity';
import { ProductEntity, productFrom } from './product.entity';
import { MOVEMENT_COLUMNS, movementFrom, type MovementRow, StockMovementEntity } from './stock-movement.entity';

/** What has become of an order's claim on the stock; `items` is empty when the order was cancelled first. */
export type AllocationView = Readonly<
  Pick<StockAllocationEntity, 'orderId' | 'status' | 'items' | 'createdAt' | 'updatedAt'>
>;

/**
 * Everything the HTTP side reads. Lists hold one row more than asked for, if there is one: then there is a next page. All of it is
 * read from the database: there is nothing about a stock that can never change, and so nothing that could be cached and be right.
 */
@Injectable()
export class InventoryReader {
  constructor(
    @InjectRepository(ProductEntity) private readonly products: Repository<ProductEntity>,
    @InjectRepository(StockMovementEntity) private readonly movementsOf: Repository<StockMovementEntity>,
    @InjectRepository(StockAllocationEntity) private readonly allocations: Repository<StockAllocationEntity>,
  ) {}

  async find(productId: string): Promise<Product | undefined> {
    const found = await this.products.findOneBy({ productId });
    return found === null ? undefined : productFrom(found);
  }

  async findAllocation(orderId: string, userId?: string): Promise<AllocationView | undefined> {
    const where = { orderId, ...(userId === undefined ? {} : { userId }) };
    return (await this.allocations.findOneBy(where)) ?? undefined;
  }

  /** By product id. */
  async list(limit: number, after?: string): Promise<Product[]> {
    const where = after === undefined ? {} : { productId: MoreThan(after) };
    const found = await this.products.find({ where, order: { productId: 'ASC' }, take: limit + 1 });
    return found.map(productFrom);
  }

  /** Newest first. SQL of its own: the bound on the work of a page cannot be said with `find`. */
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
    const rows = await this.movementsOf.query<MovementRow[]>(
      `SELECT ${MOVEMENT_COLUMNS} FROM stock_movements WHERE id = ANY (ARRAY(${ids})) ORDER BY id DESC`,
      values,
    );
    return rows.map(movementFrom);
  }
}
