import { IsPrintable, PageQuery } from '@app/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PAYMENT_STATUSES, type PaymentStatus } from '../domain/payment-stage';

/** Filters of the list of payments. */
export class ListPaymentsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', example: '01936f3c-7b1e-7c43-9a4e-2f5d8c1b6a70' })
  @IsOptional()
  @IsUUID()
  order_id?: string;

  @ApiPropertyOptional({ example: 'user_123' })
  @IsOptional()
  @IsPrintable(1, 100)
  user_id?: string;

  @ApiPropertyOptional({ enum: PAYMENT_STATUSES })
  @IsOptional()
  @IsIn(PAYMENT_STATUSES)
  status?: PaymentStatus;
}
