import { IsPrintable, PageQuery } from '@app/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ORDER_STATUSES, type OrderStatus } from '../domain/order';

export class ListOrdersQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'user_123' })
  @IsOptional()
  @IsPrintable()
  user_id?: string;

  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @IsOptional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;
}
