import { CANCELLATION_REASONS, type CancellationReason, fromNumeric } from '@app/events';
import { oneOf } from '@app/postgres';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../domain/order';

/** An order as it stands. */
@Entity('orders')
@Check('orders_status_check', oneOf('status', ORDER_STATUSES))
@Check('orders_cancellation_reason_check', oneOf('cancellation_reason', CANCELLATION_REASONS))
@Check('orders_check', `(status = 'cancelled') = (cancellation_reason IS NOT NULL)`)
@Check('orders_total_amount_check', 'total_amount >= 0')
@Index('orders_of_user', ['userId', 'orderId'])
@Index('orders_open', ['openUntil'], { where: 'open_until IS NOT NULL' })
@Index('orders_open_by_id', ['orderId'], { where: 'open_until IS NOT NULL' })
@Index('orders_cancelled', ['orderId'], { where: 'cancellation_reason IS NOT NULL' })
export class OrderEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @Column({ type: 'text', name: 'order_number', collation: 'C', unique: true, default: () => 'new_order_number()' })
  orderNumber!: string;

  @Column('text', { name: 'user_id' })
  userId!: string;

  /** What the user is hashed with in the audit trail; null in orders of before, and where the user is forgotten. */
  @Column('text', { name: 'user_salt', nullable: true })
  userSalt!: string | null;

  @Column('text')
  status!: OrderStatus;

  @Column('text', { name: 'cancellation_reason', nullable: true })
  cancellationReason!: CancellationReason | null;

  /** Why the customer cancelled, in their own words. */
  @Column('text', { name: 'customer_reason', nullable: true })
  customerReason!: string | null;

  @Column('text', { name: 'customer_reason_salt', nullable: true })
  customerReasonSalt!: string | null;

  /** As PostgreSQL gives a numeric: text. */
  @Column('numeric', { name: 'total_amount', precision: 12, scale: 2 })
  total!: string;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'payment_method' })
  paymentMethod!: string;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  /** Of the request that placed it: see `traceAsText`. What time does to the order goes on in this trace; null in orders of before. */
  @Column('text', { nullable: true })
  traceparent!: string | null;

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

  /** The deadline as long as the order is open; PostgreSQL computes it. */
  @Column({
    type: 'timestamptz',
    name: 'open_until',
    nullable: true,
    generatedType: 'STORED',
    asExpression: `CASE WHEN (status = ANY (ARRAY['pending'::text, 'paid'::text])) THEN deadline_at ELSE NULL::timestamp with time zone END`,
    insert: false,
    update: false,
  })
  openUntil!: Date | null;

  @OneToMany(() => OrderItemEntity, (item) => item.order)
  items!: Relation<OrderItemEntity>[];
}

/** A line of an order, which never changes. */
@Entity('order_items')
@Check('order_items_quantity_check', 'quantity > 0')
@Check('order_items_price_check', 'price >= 0')
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

  /** As PostgreSQL gives a numeric: text. */
  @Column('numeric', { precision: 12, scale: 2 })
  price!: string;

  @ManyToOne(() => OrderEntity, (order) => order.items)
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'order_items_order_id_fkey' })
  order!: Relation<OrderEntity>;
}

/** What of a row is for the audit trail alone. */
type OfTheTrail = 'userSalt' | 'customerReason' | 'customerReasonSalt';

/** What makes an order of a row. */
export type OrderRow = Omit<OrderEntity, 'items' | 'openUntil' | 'traceparent' | OfTheTrail>;

/** A row, as the domain sees it. */
export function orderFrom(row: OrderRow): Order {
  const { orderId, orderNumber, userId, paymentMethod, currency, correlationId } = row;
  const { deadlineAt, createdAt, updatedAt } = row;
  const identity = { orderId, orderNumber, correlationId };
  const fields = { ...identity, userId, paymentMethod, currency, deadlineAt, createdAt, updatedAt };
  const total = fromNumeric(row.total);
  if (row.status !== 'cancelled') return { ...fields, total, status: row.status };
  // The table's CHECK says that a cancelled order has a reason.
  return { ...fields, total, status: 'cancelled', reason: row.cancellationReason as CancellationReason };
}
