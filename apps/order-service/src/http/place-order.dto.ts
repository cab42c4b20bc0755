import { toMinorUnits } from '@app/events';
import { isMoney, IsMoney, isPrintable, IsPrintable, ValidWhen } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
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

@ValidWhen(isPlainOrder)
export class PlaceOrderDto {
  @ApiProperty({ example: 'user_123' })
  @IsPrintable()
  user_id!: string;

  @ApiProperty({ type: [OrderItemDto], minItems: 1, maxItems: MAX_LINES })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_LINES)
  @ValidateNested({ each: true })
  @Type(() => OrderItemDto)
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

const ORDER_FIELDS: ReadonlySet<string> = new Set(['user_id', 'items', 'payment_method', 'currency']);
const ITEM_FIELDS: ReadonlySet<string> = new Set(['product_id', 'product_name', 'quantity', 'price']);

/** The rules of the decorators above, for what nearly every request looks like. */
function isPlainOrder(value: object): boolean {
  const { user_id, items, payment_method, currency } = value as Partial<Record<string, unknown>>;
  return (
    hasOnly(ORDER_FIELDS, value) &&
    isPrintable(user_id, 1, 100) &&
    (payment_method === undefined || isPrintable(payment_method, 1, 100)) &&
    (currency === undefined || CURRENCIES.some((known) => known === currency)) &&
    Array.isArray(items) &&
    items.length >= 1 &&
    items.length <= MAX_LINES &&
    items.every(isPlainItem)
  );
}

function isPlainItem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { product_id, product_name, quantity, price } = value as Partial<Record<string, unknown>>;
  return (
    hasOnly(ITEM_FIELDS, value) &&
    isPrintable(product_id, 1, 100) &&
    isPrintable(product_name, 1, 100) &&
    Number.isInteger(quantity) &&
    Number(quantity) >= 1 &&
    Number(quantity) <= MAX_QUANTITY &&
    isMoney(price, PRICE)
  );
}

function hasOnly(fields: ReadonlySet<string>, value: object): boolean {
  for (const field of Object.keys(value)) if (!fields.has(field)) return false;
  return true;
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
