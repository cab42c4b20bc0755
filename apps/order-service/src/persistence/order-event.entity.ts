import type { CancellationReason } from '@app/events';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { AuditEntry } from '../domain/audit-trail';
import type { OrderStatus } from '../domain/order';

/** An entry of an order's audit trail. Rows are added, never changed: the service has given up the right to. */
@Entity('order_events')
@Check('order_events_number_check', 'number > 0')
export class OrderEventEntity {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('integer')
  number!: number;

  @Column('text')
  event!: AuditEntry['event'];

  @Column('text', { name: 'from_status', nullable: true })
  from!: OrderStatus | null;

  @Column('text', { name: 'to_status' })
  to!: OrderStatus;

  @Column('text', { nullable: true })
  reason!: CancellationReason | null;

  @Column('text')
  actor!: string;

  @Column('uuid', { name: 'cause_event_id', nullable: true })
  causeEventId!: string | null;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt!: Date;

  /** JSON, as it was hashed: `jsonb` would not keep it. */
  @Column('text', { nullable: true })
  details!: string | null;

  @Column('text', { name: 'previous_hash' })
  previousHash!: string;

  @Column('text')
  hash!: string;
}

/** A row, as the domain sees it. */
export function entryFrom(row: OrderEventEntity): AuditEntry {
  return { ...row };
}
