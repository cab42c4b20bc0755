import { CANCELLATION_REASONS, toDecimal, type CancellationReason } from '@app/events';
import { ApiProperty } from '@nestjs/swagger';
import type { AuditEntry } from '../domain/audit-trail';
import { ORDER_STATUSES, type OrderStatus, type OrderWithLines } from '../domain/order';

export class OrderItemResponse {
  @ApiProperty({ example: 'LAPTOP001' })
  product_id!: string;

  @ApiProperty({ example: 'Gaming Laptop' })
  product_name!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  quantity!: number;

  @ApiProperty({ example: 1299.99 })
  price!: number;
}

export class OrderResponse {
  @ApiProperty({ format: 'uuid', example: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11' })
  order_id!: string;

  @ApiProperty({ example: 'user_123' })
  user_id!: string;

  @ApiProperty({ enum: ORDER_STATUSES, example: 'confirmed' })
  status!: OrderStatus;

  @ApiProperty({ enum: CANCELLATION_REASONS, nullable: true, example: null })
  cancellation_reason!: CancellationReason | null;

  @ApiProperty({ example: 1299.99 })
  total_amount!: number;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 'credit_card' })
  payment_method!: string;

  @ApiProperty({ type: [OrderItemResponse] })
  items!: OrderItemResponse[];

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.085Z' })
  updated_at!: string;
}

export class OrderListResponse {
  @ApiProperty({ type: [OrderResponse] })
  orders!: OrderResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Cursor of the next page; null on the last page',
    example: 'WyIwMTlhM2MxZS01ZDU3LTdiNmMtOWM0ZS0yZjFhOWQwYjdlMTEiXQ',
  })
  next_cursor!: string | null;
}

export class OrderEventResponse {
  @ApiProperty({ type: 'integer', description: 'Position in the audit trail of the order: 1, 2, 3, …', example: 3 })
  number!: number;

  @ApiProperty({ example: 'stock_taken' })
  event!: string;

  @ApiProperty({ enum: ORDER_STATUSES, nullable: true, example: 'paid' })
  from!: OrderStatus | null;

  @ApiProperty({ enum: ORDER_STATUSES, example: 'confirmed' })
  to!: OrderStatus;

  @ApiProperty({ enum: CANCELLATION_REASONS, nullable: true, example: null })
  reason!: CancellationReason | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Id of the event that caused this step; null if a person or a deadline caused it.',
    example: '019a3c1e-5d9f-7d0e-8a51-7c0a4f7c2b93',
  })
  cause!: string | null;

  @ApiProperty({
    description: 'customer, clock (the deadline), or the service that published the event',
    example: 'inventory-service',
  })
  actor!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.085Z' })
  time!: string;
}

export class OrderEventListResponse {
  @ApiProperty({ type: [OrderEventResponse] })
  events!: OrderEventResponse[];
}

export function toOrderResponse({ order, lines }: OrderWithLines): OrderResponse {
  return {
    order_id: order.orderId,
    user_id: order.userId,
    status: order.status,
    cancellation_reason: order.status === 'cancelled' ? order.reason : null,
    total_amount: toDecimal(order.total),
    currency: order.currency,
    payment_method: order.paymentMethod,
    items: lines.map((line) => ({
      product_id: line.productId,
      product_name: line.productName,
      quantity: line.quantity,
      price: toDecimal(line.price),
    })),
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

export function toOrderEventResponse(entry: AuditEntry): OrderEventResponse {
  return {
    number: entry.number,
    event: entry.event,
    from: entry.from,
    to: entry.to,
    reason: entry.reason,
    cause: entry.causeEventId,
    actor: entry.actor,
    time: entry.occurredAt.toISOString(),
  };
}
