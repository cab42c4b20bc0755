import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { columnsOf, rowSet, selectList } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { StockLevels } from '../domain/allocation-lifecycle';
import type { OrderLine, StockAllocation } from '../domain/stock-allocation';
import type { OrderMovement } from '../domain/stock-batch';
import { ProductEntity } from './product.entity';
import { StockAllocationEntity } from './stock-allocation.entity';
import { StockMovementEntity } from './stock-movement.entity';

const CLAIMS = rowSet(columnsOf(StockAllocationEntity, 'orderId', 'userId'));

const INSERT_MISSING = `
  INSERT INTO stock_allocations (${CLAIMS.columns()}, status, items, created_at, updated_at)
  SELECT ${CLAIMS.columns()}, 'refused', '[]', $${CLAIMS.next}, $${CLAIMS.next} FROM ${CLAIMS.unnest('o')}
  ORDER BY order_id
  ON CONFLICT DO NOTHING
  RETURNING order_id`;

const LOCK_KNOWN = `
  SELECT ${selectList(StockAllocationEntity, 'orderId', 'status', 'items', 'userId')} FROM stock_allocations
  WHERE order_id = ANY ($1::uuid[])
  ORDER BY order_id
  FOR UPDATE`;

const LOCK_LEVELS = `
  SELECT ${selectList(ProductEntity, 'productId', 'quantity', 'lowStockThreshold')} FROM inventory
  WHERE product_id = ANY ($1::text[])
  ORDER BY product_id
  FOR UPDATE`;

const LOCKED_ALLOCATIONS = lockedAmong('stock_allocations', 'order_id');
const LOCKED_PRODUCTS = lockedAmong('inventory', 'product_id', 'text');

const MOVEMENTS = rowSet(
  columnsOf(StockMovementEntity, 'productId', 'orderId', 'quantityDelta', 'balance', 'reason', 'actor'),
  2,
);
const ALLOCATIONS = rowSet(columnsOf(StockAllocationEntity, 'orderId', 'status', 'items'), MOVEMENTS.next);

// The stock is changed by deltas, not set: should a lock ever be missing, the CHECK still stands in the way of overselling.
const RECORD = `
  WITH movement AS (
    SELECT * FROM ${MOVEMENTS.numbered('m')}
  ), stock AS (
    UPDATE inventory AS i SET quantity = i.quantity + c.delta, updated_at = $1
    FROM (SELECT product_id, sum(quantity_delta)::integer AS delta FROM movement GROUP BY product_id) AS c
    WHERE i.product_id = c.product_id
  ), allocation AS (
    UPDATE stock_allocations AS a SET ${ALLOCATIONS.assignments('o', 'status', 'items')}, updated_at = $1
    FROM ${ALLOCATIONS.unnest('o')}
    WHERE a.order_id = o.order_id
  )
  INSERT INTO stock_movements (${MOVEMENTS.columns()}, created_at)
  SELECT ${MOVEMENTS.columns()}, $1 FROM movement ORDER BY n`;

type AllocationRow = Readonly<Pick<StockAllocationEntity, 'orderId' | 'status' | 'items' | 'userId'>>;

type LevelRow = Readonly<Pick<ProductEntity, 'productId' | 'quantity' | 'lowStockThreshold'>>;

/** A change of stock that an order made, and the service whose event was the reason. */
export type AttributedMovement = OrderMovement & { readonly actor: string };

/** What can be sold of locked products, and below how much each is low on stock. Both by product id. */
export interface LockedStock {
  readonly levels: StockLevels;
  readonly thresholds: ReadonlyMap<string, number>;
}

/** The stock as orders change it: batch-wise, rows locked in the order of their ids, orders before products. */
@Injectable()
export class StockRepository {
  /**
   * Locks orders, and gives those that were known before. The others are entered as refused, which is what they are until
   * {@link record} says something else.
   */
  async claim(
    unitOfWork: UnitOfWork,
    orders: ReadonlyMap<string, { readonly userId: string }>,
    now: Date,
  ): Promise<Map<string, StockAllocation>> {
    const orderIds = [...orders.keys()];
    const claims = [...orders].map(([orderId, { userId }]) => ({ orderId, userId }));
    const values = [...CLAIMS.parameters(claims), now];
    const inserted = await unitOfWork.query<{ order_id: string }>(INSERT_MISSING, values);
    const fresh = new Set(inserted.map((row) => row.order_id));
    const known = orderIds.filter((orderId) => !fresh.has(orderId));
    if (known.length === 0) return new Map();
    await unitOfWork.expectFree(LOCKED_ALLOCATIONS, known);
    const rows = await unitOfWork.query<AllocationRow>(LOCK_KNOWN, [known]);
    return new Map(rows.map((row) => [row.orderId, allocationFrom(row)]));
  }

  /**
   * Locks products and gives what can be sold of them. Everybody who sells one of them waits until the work is committed.
   * @param ordersOf the orders that are about a product.
   */
  async lockLevels(
    unitOfWork: UnitOfWork,
    productIds: readonly string[],
    ordersOf: (productId: string) => readonly string[],
  ): Promise<LockedStock> {
    if (productIds.length === 0) return { levels: new Map(), thresholds: new Map() };
    await unitOfWork.expectFree(LOCKED_PRODUCTS, productIds, ordersOf);
    const rows = await unitOfWork.query<LevelRow>(LOCK_LEVELS, [productIds]);
    return {
      levels: new Map(rows.map(({ productId, quantity }) => [productId, quantity])),
      thresholds: new Map(rows.map(({ productId, lowStockThreshold }) => [productId, lowStockThreshold])),
    };
  }

  /** Writes what was decided about claimed orders and locked products: stock, movements and allocations, in one go. */
  async record(
    unitOfWork: UnitOfWork,
    movements: readonly AttributedMovement[],
    allocations: ReadonlyMap<string, StockAllocation>,
    now: Date,
  ): Promise<void> {
    // Refused orders have been stored as such when they were claimed.
    const rows = [...allocations].filter(([, { status }]) => status !== 'refused');
    if (rows.length === 0) return;
    await unitOfWork.query(RECORD, [
      now,
      ...MOVEMENTS.parameters(movements.map(movementRow)),
      ...ALLOCATIONS.parameters(
        rows.map(([orderId, allocation]) => ({ orderId, status: allocation.status, items: itemsOf(allocation) })),
      ),
    ]);
  }
}

function movementRow({ productId, orderId, delta, balance, change, actor }: AttributedMovement) {
  return { productId, orderId, quantityDelta: delta, balance, reason: change, actor };
}

function allocationFrom({ status, items, userId }: AllocationRow): StockAllocation {
  if (status === 'refused') return { status, userId };
  return { status, userId, items: items.map(({ product_id: productId, quantity }) => ({ productId, quantity })) };
}

function itemsOf(allocation: StockAllocation): AllocationRow['items'] {
  const items: readonly OrderLine[] = allocation.status === 'refused' ? [] : allocation.items;
  return items.map(({ productId, quantity }) => ({ product_id: productId, quantity }));
}
