import { toMinorUnits } from '@app/events';
import { IsMoney, IsPrintable } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { DEFAULT_LOW_STOCK_THRESHOLD } from '../domain/low-stock';
import type { Product } from '../domain/product';
import { MAX_STOCK } from '../domain/stock-adjustment';

export class AddProductDto {
  @ApiProperty({ example: 'MONITOR001' })
  @IsPrintable()
  product_id!: string;

  @ApiProperty({ example: 'Curved Monitor' })
  @IsPrintable()
  product_name!: string;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: MAX_STOCK, example: 80 })
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  quantity!: number;

  @ApiProperty({ example: 349.99 })
  @IsMoney({ min: 0, max: 1_000_000 })
  price!: number;

  @ApiPropertyOptional({ default: 'USD', example: 'USD', description: 'ISO 4217 code' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/, { message: '$property must be an ISO 4217 code like USD' })
  currency?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_STOCK,
    default: DEFAULT_LOW_STOCK_THRESHOLD,
    example: 10,
    description: 'low_stock is published when the quantity falls below it; 0: never',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  low_stock_threshold?: number;
}

export function toNewProduct(dto: AddProductDto): Omit<Product, 'updatedAt'> {
  return {
    productId: dto.product_id,
    productName: dto.product_name,
    quantity: dto.quantity,
    price: toMinorUnits(dto.price),
    currency: dto.currency ?? 'USD',
    lowStockThreshold: dto.low_stock_threshold ?? DEFAULT_LOW_STOCK_THRESHOLD,
  };
}
