import { toDecimal } from '@app/events';
import { encodeCursor } from '@app/platform';
import { ApiProperty } from '@nestjs/swagger';
import { MOVEMENT_REASONS, type MovementReason, type Product, type StockMovement } from '../domain/product';
import type { AdjustedStock } from '../use-cases/adjust-stock';
import type { Page } from '../use-cases/page';

const NEXT_CURSOR = {
  type: String,
  nullable: true,
  description: 'Cursor of the next page; null on the last page',
  example: null,
} as const;

export class ProductResponse {
  @ApiProperty({ example: 'LAPTOP001' })
  product_id!: string;

  @ApiProperty({ example: 'Gaming Laptop' })
  product_name!: string;

  @ApiProperty({ type: 'integer', example: 50, description: 'Pieces that are available for sale' })
  quantity!: number;

  @ApiProperty({ example: 1299.99 })
  price!: number;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ type: 'integer', example: 10, description: 'low_stock is published when the quantity falls below it' })
  low_stock_threshold!: number;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  updated_at!: string;
}

export class InventoryResponse {
  @ApiProperty({ type: [ProductResponse] })
  inventory!: ProductResponse[];

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class MovementResponse {
  @ApiProperty({ type: 'integer', example: 42 })
  movement_id!: number;

  @ApiProperty({ example: 'LAPTOP001' })
  product_id!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The order that took or returned the pieces; null if an operator changed the stock',
    example: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11',
  })
  order_id!: string | null;

  @ApiProperty({ type: 'integer', example: -1 })
  quantity_delta!: number;

  @ApiProperty({ type: 'integer', example: 49, description: 'Quantity of the product after this movement' })
  balance!: number;

  @ApiProperty({ enum: MOVEMENT_REASONS, example: 'taken' })
  reason!: MovementReason;

  @ApiProperty({ type: String, nullable: true, example: null })
  note!: string | null;

  @ApiProperty({ example: 'payment-service' })
  actor!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.085Z' })
  created_at!: string;
}

export class MovementListResponse {
  @ApiProperty({ type: [MovementResponse] })
  movements!: MovementResponse[];

  @ApiProperty(NEXT_CURSOR)
  next_cursor!: string | null;
}

export class AdjustmentResponse {
  @ApiProperty({ type: ProductResponse })
  product!: ProductResponse;

  @ApiProperty({ type: MovementResponse })
  movement!: MovementResponse;
}

export function toProductResponse(product: Product): ProductResponse {
  return {
    product_id: product.productId,
    product_name: product.productName,
    quantity: product.quantity,
    price: toDecimal(product.price),
    currency: product.currency,
    low_stock_threshold: product.lowStockThreshold,
    updated_at: product.updatedAt.toISOString(),
  };
}

export function toInventoryResponse(page: Page<Product>): InventoryResponse {
  return { inventory: page.rows.map(toProductResponse), next_cursor: nextCursor(page, (last) => last.productId) };
}

export function toMovementResponse(movement: StockMovement): MovementResponse {
  return {
    movement_id: movement.movementId,
    product_id: movement.productId,
    order_id: movement.orderId,
    quantity_delta: movement.quantityDelta,
    balance: movement.balance,
    reason: movement.reason,
    note: movement.note,
    actor: movement.actor,
    created_at: movement.createdAt.toISOString(),
  };
}

export function toMovementListResponse(page: Page<StockMovement>): MovementListResponse {
  return { movements: page.rows.map(toMovementResponse), next_cursor: nextCursor(page, (last) => last.movementId) };
}

export function toAdjustmentResponse({ product, movement }: AdjustedStock): AdjustmentResponse {
  return { product: toProductResponse(product), movement: toMovementResponse(movement) };
}

function nextCursor<T>({ rows, more }: Page<T>, position: (last: T) => string | number): string | null {
  const last = rows.at(-1);
  return more && last !== undefined ? encodeCursor([position(last)]) : null;
}
