import {
  CANCELLATION_REASONS,
  PAYMENT_FAILURE_REASONS,
  SHORTAGE_REASONS,
  toDecimal,
  type CancellationReason,
  type PaymentFailureReason,
  type ShortageReason,
} from '@app/events';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
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

export class ShortageResponse {
  @ApiProperty({ example: 'LAPTOP001' })
  product_id!: string;

  @ApiProperty({ type: 'integer', example: 3 })
  requested!: number;

  @ApiProperty({ type: 'integer', description: '0 for an unknown product', example: 1 })
  available!: number;

  @ApiProperty({
    enum: SHORTAGE_REASONS,
    description: 'unknown_product: the warehouse has nothing of this name',
    example: 'insufficient_stock',
  })
  reason!: ShortageReason;
}

export class OrderResponse {
  @ApiProperty({ format: 'uuid', example: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11' })
  order_id!: string;

  @ApiProperty({ description: 'What people call the order by', example: '7F3K-29QX' })
  order_number!: string;

  @ApiProperty({ example: 'user_123' })
  user_id!: string;

  @ApiProperty({ enum: ORDER_STATUSES, example: 'confirmed' })
  status!: OrderStatus;

  @ApiProperty({ enum: CANCELLATION_REASONS, nullable: true, example: null })
  cancellation_reason!: CancellationReason | null;

  @ApiPropertyOptional({
    enum: PAYMENT_FAILURE_REASONS,
    description: 'Why the payment failed; of a cancelled order, if the payment gateway said so',
    example: 'insufficient_funds',
  })
  decline_reason?: PaymentFailureReason;

  @ApiPropertyOptional({
    type: [ShortageResponse],
    description: 'The lines that could not be delivered; of an order cancelled as out_of_stock',
  })
  shortages?: ShortageResponse[];

  @ApiPropertyOptional({
    description: 'What the customer wrote when cancelling the order',
    example: 'Ordered twice by mistake',
  })
  customer_reason?: string;

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

export function toOrderResponse({ order, lines, cancellation }: OrderWithLines): OrderResponse {
  const { declineReason, shortages, customerReason } = cancellation;
  return {
    order_id: order.orderId,
    order_number: order.orderNumber,
    user_id: order.userId,
    status: order.status,
    cancellation_reason: order.status === 'cancelled' ? order.reason : null,
    ...(declineReason === undefined ? {} : { decline_reason: declineReason }),
    ...(shortages === undefined ? {} : { shortages: [...shortages] }),
    ...(customerReason === undefined ? {} : { customer_reason: customerReason }),
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
