import { toNumeric } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { Product, StockMovement } from '../domain/product';
import { PRODUCT_COLUMNS, productFrom, type ProductRow } from './product.entity';
import { MOVEMENT_COLUMNS, movementFrom, type MovementRow } from './stock-movement.entity';

const INSERT_PRODUCT = `
  INSERT INTO inventory (product_id, product_name, quantity, price, currency, low_stock_threshold, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
  ON CONFLICT DO NOTHING
  RETURNING product_id`;

const LOCK_PRODUCT = `
  SELECT ${PRODUCT_COLUMNS} FROM inventory
  WHERE product_id = $1
  FOR UPDATE`;

const SET_QUANTITY = 'UPDATE inventory SET quantity = $2, updated_at = $3 WHERE product_id = $1';

const INSERT_MOVEMENT = `
  INSERT INTO stock_movements
    (product_id, quantity_delta, balance, reason, note, actor, idempotency_key, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING ${MOVEMENT_COLUMNS}`;

const FIND_BY_KEY = `SELECT ${MOVEMENT_COLUMNS} FROM stock_movements WHERE product_id = $1 AND idempotency_key = $2`;

/** A movement that no order made, before it has an id. */
export type NewMovement = Omit<StockMovement, 'movementId' | 'orderId'> & { readonly idempotencyKey: string | null };

/** The stock as people change it, one product at a time. */
@Injectable()
export class ProductRepository {
  /** @returns false when there is a product of this id already. */
  async insert(unitOfWork: UnitOfWork, product: Product): Promise<boolean> {
    const { productId, productName, quantity, price, currency, lowStockThreshold, updatedAt } = product;
    const values = [productId, productName, quantity, toNumeric(price), currency, lowStockThreshold, updatedAt];
    return (await unitOfWork.query(INSERT_PRODUCT, values)).length > 0;
  }

  /** Whoever sells or adjusts this product waits until the work is committed. */
  async lock(unitOfWork: UnitOfWork, productId: string): Promise<Product | undefined> {
    const [row] = await unitOfWork.query<ProductRow>(LOCK_PRODUCT, [productId]);
    return row === undefined ? undefined : productFrom(row);
  }

  /** Stores a movement of a locked product, and the quantity it leads to. */
  async move(unitOfWork: UnitOfWork, movement: NewMovement): Promise<StockMovement> {
    const { productId, balance, createdAt } = movement;
    await unitOfWork.query(SET_QUANTITY, [productId, balance, createdAt]);
    return this.insertMovement(unitOfWork, movement);
  }

  /** Stores a movement without touching the quantity. */
  async insertMovement(unitOfWork: UnitOfWork, movement: NewMovement): Promise<StockMovement> {
    const { productId, quantityDelta, balance, reason, note, actor, idempotencyKey, createdAt } = movement;
    const values = [productId, quantityDelta, balance, reason, note, actor, idempotencyKey, createdAt];
    const [row] = await unitOfWork.query<MovementRow>(INSERT_MOVEMENT, values);
    if (row === undefined) throw new TypeError('INSERT … RETURNING gave no row');
    return movementFrom(row);
  }

  async findByKey(unitOfWork: UnitOfWork, productId: string, key: string): Promise<StockMovement | undefined> {
    const [row] = await unitOfWork.query<MovementRow>(FIND_BY_KEY, [productId, key]);
    return row === undefined ? undefined : movementFrom(row);
  }
}
