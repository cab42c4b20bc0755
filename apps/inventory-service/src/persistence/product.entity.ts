import { fromNumeric, type MinorUnits, moneyTransformer } from '@app/events';
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

  @Column('numeric', { precision: 12, scale: 2, transformer: moneyTransformer })
  price!: MinorUnits;

  @Column('text')
  currency!: string;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}

/** What is read of a product. */
export const PRODUCT_COLUMNS =
  'product_id AS "productId", product_name AS "productName", quantity, price, currency, updated_at AS "updatedAt"';

/** Of {@link PRODUCT_COLUMNS}; PostgreSQL gives a numeric as text. */
export type ProductRow = Omit<ProductEntity, 'price'> & { readonly price: string };

/** A row, as the domain sees it. */
export function productFrom(row: ProductRow): Product {
  const { productId, productName, quantity, price, currency, updatedAt } = row;
  return { productId, productName, quantity, price: fromNumeric(price), currency, updatedAt };
}
