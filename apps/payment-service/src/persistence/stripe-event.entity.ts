import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that Stripe has told us of, so that one that comes twice is heard once. */
@Entity('stripe_events')
@Index('stripe_events_received', ['receivedAt'])
export class StripeEventEntity {
  @PrimaryColumn('text', { name: 'event_id' })
  eventId!: string;

  @Column('text')
  type!: string;

  @Column('uuid', { name: 'order_id', nullable: true })
  orderId!: string | null;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;
}
