import { ORDER_NUMBER } from '@app/events';
import { IsPrintable, PageQuery } from '@app/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { ORDER_STATUSES, type OrderStatus } from '../domain/order';
import { parseOrderNumber } from '../domain/order-number';

export class ListOrdersQuery extends PageQuery {
  /** As it is stored, once parsed. */
  @ApiPropertyOptional({
    example: '7F3K-29QX',
    description: 'The order with this number, in any case, with or without the dash.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (parseOrderNumber(value) ?? value) : value,
  )
  @ValidateBy({
    name: 'isOrderNumber',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && ORDER_NUMBER.test(value),
      defaultMessage: () => '$property must be an order number such as 7F3K-29QX',
    },
  })
  order_number?: string;

  @ApiPropertyOptional({ example: 'user_123' })
  @IsOptional()
  @IsPrintable()
  user_id?: string;

  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @IsOptional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;
}
