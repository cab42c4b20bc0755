import { toMinorUnits } from '@app/events';
import { IsMoney, IsPrintable, Nested } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import type { OrderRequest } from '../domain/place-order';

/** Currencies with two decimals, which is what amounts on the wire have. */
export const CURRENCIES = [
  'USD',
  'EUR',
  'GBP',
  'CHF',
  'CAD',
  'AUD',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'INR',
  'BRL',
] as const;

const PRICE = { min: 0, max: 1_000_000 };
const MAX_QUANTITY = 10_000;
const MAX_LINES = 100;

export class OrderItemDto {
  @ApiProperty({ example: 'LAPTOP001' })
  @IsPrintable()
  product_id!: string;

  @ApiProperty({ example: 'Gaming Laptop' })
  @IsPrintable()
  product_name!: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_QUANTITY, example: 1 })
  @IsInt()
  @Min(1)
  @Max(MAX_QUANTITY)
  quantity!: number;

  @ApiProperty({ example: 1299.99 })
  @IsMoney(PRICE)
  price!: number;
}

export class PlaceOrderDto {
  @ApiPropertyOptional({
    description: 'Whom the order is for. A customer may leave it out, and can name nobody else.',
    example: 'user_123',
  })
  @IsPrintable()
  user_id!: string;

  @ApiProperty({ type: [OrderItemDto], minItems: 1, maxItems: MAX_LINES })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_LINES)
  @Nested(() => OrderItemDto, { each: true })
  items!: OrderItemDto[];

  @ApiPropertyOptional({ default: 'credit_card', example: 'credit_card' })
  @IsOptional()
  @IsPrintable()
  payment_method?: string;

  @ApiPropertyOptional({ enum: CURRENCIES, default: 'USD', example: 'USD' })
  @IsOptional()
  @IsIn(CURRENCIES)
  currency?: string;
}

export function toOrderRequest(dto: PlaceOrderDto): OrderRequest {
  return {
    userId: dto.user_id,
    paymentMethod: dto.payment_method ?? 'credit_card',
    currency: dto.currency ?? 'USD',
    lines: dto.items.map((item) => ({
      productId: item.product_id,
      productName: item.product_name,
      quantity: item.quantity,
      price: toMinorUnits(item.price),
    })),
  };
}
