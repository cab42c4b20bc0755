import { ApiProperty } from '@nestjs/swagger';
import { ALLOCATION_STATUSES, type AllocationStatus } from '../domain/stock-allocation';
import type { AllocationView } from '../use-cases/get-allocation';

export class AllocatedItemResponse {
  @ApiProperty({ example: 'LAPTOP001' })
  product_id!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  quantity!: number;
}

export class AllocationResponse {
  @ApiProperty({ format: 'uuid', example: '01936f3c-7b1e-7c43-9a4e-2f5d8c1b6a70' })
  order_id!: string;

  @ApiProperty({
    enum: ALLOCATION_STATUSES,
    description:
      'insufficient: a product was short, and nothing was taken. refused: the order was cancelled before it was paid.',
    example: 'taken',
  })
  status!: AllocationStatus;

  @ApiProperty({
    type: [AllocatedItemResponse],
    description: 'What was taken, given back, or too much; empty if it was refused.',
  })
  items!: AllocatedItemResponse[];

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.200Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.200Z' })
  updated_at!: string;
}

export function toAllocationResponse({
  orderId,
  status,
  items,
  createdAt,
  updatedAt,
}: AllocationView): AllocationResponse {
  return {
    order_id: orderId,
    status,
    items: items.map(({ product_id, quantity }) => ({ product_id, quantity })),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
