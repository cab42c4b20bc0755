import { type CancellationReason, type MinorUnits, minorUnitsOf, moneyTransformer } from '@app/events';
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import type { Order, OrderStatus } from '../domain/order';

@Entity('orders')
export class OrderEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @Column({ type: 'text', name: 'order_number', collation: 'C', unique: true, default: () => 'new_order_number()' })
  orderNumber!: string;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('text')
  status!: OrderStatus;

  @Column('text', { name: 'cancellation_reason', nullable: true })
  cancellationReason!: CancellationReason | null;

  @Column('numeric', { name: 'total_amount', precision: 12, scale: 2, transformer: moneyTransformer })
  total!: MinorUnits;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'payment_method' })
  paymentMethod!: string;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('timestamptz', { name: 'deadline_at' })
  deadlineAt!: Date;

  @Column('integer', { name: 'event_count' })
  eventCount!: number;

  @Column('text', { name: 'last_event_hash' })
  lastEventHash!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @OneToMany(() => OrderItemEntity, (item) => item.order)
  items!: Relation<OrderItemEntity>[];
}

@Entity('order_items')
export class OrderItemEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('smallint', { name: 'line_number' })
  lineNumber!: number;

  @Column('text', { name: 'product_id' })
  productId!: string;

  @Column('text', { name: 'product_name' })
  productName!: string;

  @Column('integer')
  quantity!: number;

  @Column('numeric', { precision: 12, scale: 2, transformer: moneyTransformer })
  price!: MinorUnits;

  @ManyToOne(() => OrderEntity, (order) => order.items)
  @JoinColumn({ name: 'order_id' })
  order!: Relation<OrderEntity>;
}

/** A row, as the domain sees it. */
export function orderFrom(row: Omit<OrderEntity, 'items'>): Order {
  const { orderId, orderNumber, userId, paymentMethod, currency, correlationId } = row;
  const { deadlineAt, createdAt, updatedAt } = row;
  const identity = { orderId, orderNumber, correlationId };
  const facts = { ...identity, userId, paymentMethod, currency, deadlineAt, createdAt, updatedAt };
  const total = minorUnitsOf(row.total);
  if (row.status !== 'cancelled') return { ...facts, total, status: row.status };
  // The table's CHECK says that a cancelled order has a reason.
  return { ...facts, total, status: 'cancelled', reason: row.cancellationReason as CancellationReason };
}
