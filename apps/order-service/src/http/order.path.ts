import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';

export class OrderPath {
  /** In lower case, as the order's key is everywhere else. */
  @ApiProperty({ format: 'uuid', example: '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID()
  order_id!: string;
}
