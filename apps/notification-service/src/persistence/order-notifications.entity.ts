import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the service knows of an order. Null: not known, of orders that are older than these columns. */
@Entity('order_notifications')
export class OrderNotificationsEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @Column('boolean')
  cancelled!: boolean;

  @Column('text', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { nullable: true })
  currency!: string | null;

  /** As PostgreSQL gives a numeric: text. */
  @Column('numeric', { precision: 12, scale: 2, nullable: true })
  total!: string | null;

  /** Null also of an order that no event has named by its number. */
  @Column('text', { name: 'order_number', nullable: true })
  orderNumber!: string | null;
}
