import { IsMoney } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

export class RefundByHandDto {
  @ApiProperty({ format: 'uuid', example: '01936f3c-7b1e-7c43-9a4e-2f5d8c1b6a70' })
  @IsUUID()
  order_id!: string;

  @ApiPropertyOptional({
    example: 4.5,
    description: 'Amount to refund; by default all of the captured amount that has not been refunded.',
  })
  @IsOptional()
  @IsMoney({ min: 0.01, max: 999_999_999.99 })
  amount?: number;
}

export class RefundByHandResponse {
  @ApiProperty({ enum: [true], description: 'Always true', example: true })
  accepted!: true;
}
