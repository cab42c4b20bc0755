import { minorUnitsOf, type MinorUnits } from '@app/events';
import { minorUnitsTransformer } from '@app/platform';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Product } from '../domain/product';

@Entity('inventory')
export class ProductEntity {
  @PrimaryColumn('text', { name: 'product_id' })
  productId!: string;

  @Column('text', { name: 'product_name' })
  productName!: string;

  @Column('integer')
  quantity!: number;

  @Column('numeric', { precision: 12, scale: 2, transformer: minorUnitsTransformer })
  price!: MinorUnits;

  @Column('text')
  currency!: string;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}

/** A row, as the domain sees it. */
export function productFrom(row: ProductEntity): Product {
  const { productId, productName, quantity, price, currency, updatedAt } = row;
  return { productId, productName, quantity, price: minorUnitsOf(price), currency, updatedAt };
}
