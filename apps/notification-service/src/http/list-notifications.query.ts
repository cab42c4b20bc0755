import { IsPrintable, PageQuery } from '@app/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

export class ListNotificationsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only notifications to this user', example: 'user_123' })
  @IsOptional()
  @IsPrintable(1, 100)
  user_id?: string;

  @ApiPropertyOptional({ description: 'Only notifications about this order', format: 'uuid' })
  @IsOptional()
  @IsUUID()
  order_id?: string;
}
