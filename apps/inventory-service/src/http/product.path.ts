import { IsPrintable } from '@app/platform';
import { ApiProperty } from '@nestjs/swagger';

export class ProductPath {
  @ApiProperty({ example: 'LAPTOP001' })
  @IsPrintable()
  product_id!: string;
}
