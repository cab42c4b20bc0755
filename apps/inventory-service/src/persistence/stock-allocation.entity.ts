import { oneOf } from '@app/postgres';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { ALLOCATION_STATUSES, type AllocationStatus } from '../domain/stock-allocation';

/** What has become of an order's claim on the stock. */
@Entity('stock_allocations')
@Check('stock_allocations_status_check', oneOf('status', ALLOCATION_STATUSES))
@Check('stock_allocations_items_check', `jsonb_typeof(items) = 'array'`)
@Check('stock_allocations_check', `(status = 'refused') = (items = '[]')`)
export class StockAllocationEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @Column('text')
  status!: AllocationStatus;

  /** One line per product; none of an order that is refused. */
  @Column('jsonb')
  items!: readonly { readonly product_id: string; readonly quantity: number }[];

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
