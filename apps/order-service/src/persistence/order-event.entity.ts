import type { CancellationReason } from '@app/events';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AuditEntry } from '../domain/audit-trail';
import type { OrderStatus } from '../domain/order';

@Entity('order_events')
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

  @Column('text', { name: 'previous_hash' })
  previousHash!: string;

  @Column('text')
  hash!: string;
}

/** A row, as the domain sees it. */
export function entryFrom(row: OrderEventEntity): AuditEntry {
  return { ...row };
}
