import { IsPrintable } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min, NotEquals } from 'class-validator';
import { ADJUSTMENT_REASONS, MAX_STOCK, type AdjustmentReason, type StockAdjustment } from '../domain/stock-adjustment';

export class AdjustStockDto {
  @ApiProperty({
    type: 'integer',
    minimum: -MAX_STOCK,
    maximum: MAX_STOCK,
    example: 25,
    description: 'Must not be 0, and must be positive for a delivery',
  })
  @IsInt()
  @Min(-MAX_STOCK)
  @Max(MAX_STOCK)
  @NotEquals(0)
  quantity_delta!: number;

  @ApiProperty({ enum: ADJUSTMENT_REASONS, example: 'delivery' })
  @IsIn(ADJUSTMENT_REASONS)
  reason!: AdjustmentReason;

  @ApiPropertyOptional({ example: 'delivery note 4711' })
  @IsOptional()
  @IsPrintable(1, 500)
  note?: string;
}

export function toAdjustment(dto: AdjustStockDto): StockAdjustment {
  return { quantityDelta: dto.quantity_delta, reason: dto.reason, note: dto.note ?? null };
}
