import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';

export class PaymentPath {
  @ApiProperty({ format: 'uuid', example: '01936f3c-7c02-7d1f-8e21-5b9a3f6c4d18' })
  @IsUUID()
  payment_id!: string;
}
