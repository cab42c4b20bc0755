import { IsPrintable, OptionalBody } from '@app/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';

@OptionalBody()
export class CancelOrderDto {
  @ApiPropertyOptional({ example: 'Ordered twice by mistake' })
  @IsOptional()
  @IsPrintable(1, 200)
  reason?: string;
}
