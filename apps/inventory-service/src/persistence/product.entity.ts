import { fromNumeric } from '@app/events';
import { selectList } from '@app/postgres';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Product } from '../domain/product';

/** A product and what can be sold of it. Ids are compared by their bytes, whatever the locale of the database. */
@Entity('inventory')
@Check('inventory_quantity_check', 'quantity BETWEEN 0 AND 2000000000')
@Check('inventory_price_check', 'price >= 0')
@Check('inventory_currency_check', `currency ~ '^[A-Z]{3}$'`)
@Check('inventory_low_stock_threshold_check', 'low_stock_threshold BETWEEN 0 AND 1000000000')
export class ProductEntity {
  @PrimaryColumn('text', { name: 'product_id', collation: 'C' })
  productId!: string;

  @Column('text', { name: 'product_name' })
  productName!: string;

  @Column('integer')
  quantity!: number;

  /** As PostgreSQL gives a numeric: text. */
  @Column('numeric', { precision: 12, scale: 2 })
  price!: string;

  @Column('text')
  currency!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('integer', { name: 'low_stock_threshold', default: 10 })
  lowStockThreshold!: number;
}

const SHOWN = ['productId', 'productName', 'quantity', 'price', 'currency', 'lowStockThreshold', 'updatedAt'] as const;

/** What makes a product of a row. */
export type ProductRow = Pick<ProductEntity, (typeof SHOWN)[number]>;

/** Of a {@link ProductRow}. */
export const PRODUCT_COLUMNS = selectList(ProductEntity, ...SHOWN);

/** A row, as the domain sees it. */
export function productFrom(row: ProductRow): Product {
  const { productId, productName, quantity, price, currency, lowStockThreshold, updatedAt } = row;
  return { productId, productName, quantity, price: fromNumeric(price), currency, lowStockThreshold, updatedAt };
}
