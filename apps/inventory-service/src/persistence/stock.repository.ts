import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { StockLevels } from '../domain/allocation-lifecycle';
import type { OrderLine, AllocationStatus, StockAllocation } from '../domain/stock-allocation';
import type { OrderMovement } from '../domain/stock-batch';

const INSERT_MISSING = `
  INSERT INTO stock_allocations (order_id, status, items, user_id, created_at, updated_at)
  SELECT order_id, 'refused', '[]', user_id, $3, $3
  FROM unnest($1::uuid[], $2::text[]) AS o (order_id, user_id)
  ORDER BY order_id
  ON CONFLICT DO NOTHING
  RETURNING order_id`;

const LOCK_KNOWN = `
  SELECT order_id, status, items, user_id FROM stock_allocations
  WHERE order_id = ANY ($1::uuid[])
  ORDER BY order_id
  FOR UPDATE`;

const LOCK_LEVELS = `
  SELECT product_id, quantity FROM inventory
  WHERE product_id = ANY ($1::text[])
  ORDER BY product_id
  FOR UPDATE`;

const LOCKED_ALLOCATIONS = lockedAmong('stock_allocations', 'order_id');
const LOCKED_PRODUCTS = lockedAmong('inventory', 'product_id', 'text');

// The stock is changed by deltas, not set: should a lock ever be missing, the CHECK still stands in the way of overselling.
const RECORD = `
  WITH movement AS (
    SELECT * FROM unnest($2::text[], $3::uuid[], $4::integer[], $5::integer[], $6::text[], $7::text[])
      WITH ORDINALITY AS m (product_id, order_id, delta, balance, reason, actor, n)
  ), stock AS (
    UPDATE inventory AS i SET quantity = i.quantity + c.delta, updated_at = $1
    FROM (SELECT product_id, sum(delta)::integer AS delta FROM movement GROUP BY product_id) AS c
    WHERE i.product_id = c.product_id
  ), allocation AS (
    UPDATE stock_allocations AS a SET status = o.status, items = o.items::jsonb, updated_at = $1
    FROM unnest($8::uuid[], $9::text[], $10::text[]) AS o (order_id, status, items)
    WHERE a.order_id = o.order_id
  )
  INSERT INTO stock_movements (product_id, order_id, quantity_delta, balance, reason, actor, created_at)
  SELECT product_id, order_id, delta, balance, reason, actor, $1 FROM movement ORDER BY n`;

interface AllocationRow {
  readonly order_id: string;
  readonly status: AllocationStatus;
  readonly items: readonly { readonly product_id: string; readonly quantity: number }[];
  readonly user_id: string;
}

/** A change of stock that an order made, and the service whose event was the reason. */
export type AttributedMovement = OrderMovement & { readonly actor: string };

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
    const userIds = [...orders.values()].map(({ userId }) => userId);
    const inserted = await unitOfWork.query<{ order_id: string }>(INSERT_MISSING, [orderIds, userIds, now]);
    const fresh = new Set(inserted.map((row) => row.order_id));
    const known = orderIds.filter((orderId) => !fresh.has(orderId));
    if (known.length === 0) return new Map();
    await unitOfWork.expectFree(LOCKED_ALLOCATIONS, known);
    const rows = await unitOfWork.query<AllocationRow>(LOCK_KNOWN, [known]);
    return new Map(rows.map((row) => [row.order_id, allocationFrom(row)]));
  }

  /**
   * Locks products and gives what can be sold of them. Everybody who sells one of them waits until the work is committed.
   * @param ordersOf the orders that are about a product.
   */
  async lockLevels(
    unitOfWork: UnitOfWork,
    productIds: readonly string[],
    ordersOf: (productId: string) => readonly string[],
  ): Promise<StockLevels> {
    if (productIds.length === 0) return new Map();
    await unitOfWork.expectFree(LOCKED_PRODUCTS, productIds, ordersOf);
    const rows = await unitOfWork.query<{ product_id: string; quantity: number }>(LOCK_LEVELS, [productIds]);
    return new Map(rows.map((row) => [row.product_id, row.quantity]));
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
      movements.map(({ productId }) => productId),
      movements.map(({ orderId }) => orderId),
      movements.map(({ delta }) => delta),
      movements.map(({ balance }) => balance),
      movements.map(({ change }) => change),
      movements.map(({ actor }) => actor),
      rows.map(([orderId]) => orderId),
      rows.map(([, { status }]) => status),
      rows.map(([, allocation]) => JSON.stringify(itemsOf(allocation))),
    ]);
  }
}

function allocationFrom({ status, items, user_id: userId }: AllocationRow): StockAllocation {
  if (status === 'refused') return { status, userId };
  return { status, userId, items: items.map(({ product_id: productId, quantity }) => ({ productId, quantity })) };
}

function itemsOf(allocation: StockAllocation): AllocationRow['items'] {
  const items: readonly OrderLine[] = allocation.status === 'refused' ? [] : allocation.items;
  return items.map(({ productId, quantity }) => ({ product_id: productId, quantity }));
}
