import {
  CANCELLATION_REASONS,
  DISPUTE_STATES,
  PAYMENT_FAILURE_REASONS,
  REFUND_INITIATORS,
  REFUND_METHODS,
  type CancellationReason,
  type DisputeState,
  type PaymentFailureReason,
  type RefundInitiator,
  type RefundMethod,
} from '@app/events';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { detailsIn } from '../domain/audit-details';
import type { AuditEntry } from '../domain/audit-trail';
import { ORDER_STATUSES, type OrderStatus } from '../domain/order';
import { OrderItemResponse, ShortageResponse } from './order.response';

/** Each step has the fields it knows. */
export class OrderEventDetailsResponse {
  @ApiPropertyOptional({ description: 'order_created', example: 'credit_card' })
  payment_method?: string;

  @ApiPropertyOptional({ description: 'order_created', example: 'USD' })
  currency?: string;

  @ApiPropertyOptional({ description: 'order_created', example: 1299.99 })
  total_amount?: number;

  @ApiPropertyOptional({ type: [OrderItemResponse], description: 'order_created: what was ordered' })
  items?: OrderItemResponse[];

  @ApiPropertyOptional({ description: 'payment_…', format: 'uuid', example: '019a3c1e-5d9f-7d0e-8a51-7c0a4f7c2b93' })
  payment_id?: string;

  @ApiPropertyOptional({
    description: 'payment_successful, payment_failed, payment_refunded, payment_reversed: the whole payment',
    example: 1299.99,
  })
  amount?: number;

  @ApiPropertyOptional({ enum: PAYMENT_FAILURE_REASONS, description: 'payment_failed', example: 'declined' })
  decline_reason?: PaymentFailureReason;

  @ApiPropertyOptional({ description: 'payment_captured, payment_adjusted: what was collected', example: 1299.99 })
  captured_amount?: number;

  @ApiPropertyOptional({ description: 'payment_adjusted: given back by this step', example: 100 })
  given_back?: number;

  @ApiPropertyOptional({ description: 'payment_adjusted: given back so far', example: 100 })
  refunded_amount?: number;

  @ApiPropertyOptional({ enum: REFUND_METHODS, description: 'payment_refunded, payment_reversed', example: 'refund' })
  refund_method?: RefundMethod;

  @ApiPropertyOptional({ enum: REFUND_INITIATORS, description: 'payment_reversed', example: 'operator' })
  initiator?: RefundInitiator;

  @ApiPropertyOptional({ enum: DISPUTE_STATES, description: 'payment_adjusted', example: 'open' })
  dispute?: DisputeState;

  @ApiPropertyOptional({ type: [ShortageResponse], description: 'inventory_insufficient' })
  shortages?: ShortageResponse[];

  @ApiPropertyOptional({
    description: 'cancel_requested: what the customer wrote, unless it was deleted',
    example: 'Ordered twice by mistake',
  })
  customer_reason?: string;
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
    type: OrderEventDetailsResponse,
    nullable: true,
    description: 'What this step knows beyond that; null if nothing, and in entries of before there were details',
  })
  details!: OrderEventDetailsResponse | null;

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

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the trace (W3C Trace Context) in which the order was placed; null in orders of before.',
    example: '0af7651916cd43dd8448eb211c80319c',
  })
  trace_id!: string | null;
}

/** @param customerReason what the trail has the hash of alone */
export function toOrderEventResponse(entry: AuditEntry, customerReason: string | null): OrderEventResponse {
  return {
    number: entry.number,
    event: entry.event,
    from: entry.from,
    to: entry.to,
    reason: entry.reason,
    details: detailsResponse(entry, customerReason),
    cause: entry.causeEventId,
    actor: entry.actor,
    time: entry.occurredAt.toISOString(),
  };
}

/** Without the hashes: they are for `ops audit verify`, and say nothing to a reader. */
function detailsResponse({ details }: AuditEntry, customerReason: string | null): OrderEventDetailsResponse | null {
  const known = detailsIn(details);
  if (details === null || known === undefined) return null;
  const { user_hash: _user, customer_reason_hash: hash, items, shortages, ...facts } = known;
  return {
    ...facts,
    ...(items === undefined ? {} : { items: [...items] }),
    ...(shortages === undefined ? {} : { shortages: [...shortages] }),
    ...(hash === undefined || customerReason === null ? {} : { customer_reason: customerReason }),
  };
}
