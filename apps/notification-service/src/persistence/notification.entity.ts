import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationType,
} from '@app/events';
import { oneOf } from '@app/postgres';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { NOTIFICATION_STATUSES, type NotificationStatus } from '../domain/notification';

/** The statuses that few notifications end in; a list of one of them has an index. */
export const NOT_SENT = [
  'failed',
  'undeliverable',
  'superseded',
  'logged',
] as const satisfies readonly NotificationStatus[];

/** A message to a customer: what it says, where it goes, and what became of it. */
@Entity('notifications')
@Unique('notifications_order_id_notification_type_channel_resend_key', ['orderId', 'type', 'channel', 'resend'])
@Check('notifications_notification_type_check', oneOf('notification_type', NOTIFICATION_TYPES))
@Check('notifications_channel_check', oneOf('channel', NOTIFICATION_CHANNELS))
@Check('notifications_status_check', oneOf('status', NOTIFICATION_STATUSES))
@Check('notifications_held_by_check', oneOf('held_by', ['worker', 'predecessor']))
@Check('notifications_resend_check', 'resend >= 0')
@Check('notifications_position_check', 'position > 0')
@Check('notifications_attempts_check', 'attempts >= 0')
@Check('notifications_check', `(status = 'pending') = (due_at IS NOT NULL)`)
@Check('notifications_check1', `held_by IS NULL OR status = 'pending'`)
@Check('notifications_check2', `status <> 'pending' OR recipient IS NOT NULL`)
@Index('notifications_of_user', ['userId', 'notificationId'])
@Index('notifications_not_sent', ['status', 'notificationId'], { where: oneOf('status', NOT_SENT) })
@Index('notifications_idempotency', ['orderId', 'idempotencyKey'], {
  unique: true,
  where: 'idempotency_key IS NOT NULL',
})
@Index('notifications_due', ['channel', 'dueAt'], { where: `status = 'pending'` })
export class NotificationEntity {
  @PrimaryColumn('uuid', { name: 'notification_id' })
  notificationId!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** When it is to be tried (again); while somebody holds it, the end of the lease. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt!: Date | null;

  @Column('uuid', { name: 'event_id', nullable: true })
  eventId!: string | null;

  @Column('smallint', { default: 0 })
  resend!: number;

  /** 1, 2, 3 … within the order: the order of creation, and so of delivery. */
  @Column('smallint')
  position!: number;

  @Column('smallint', { default: 0 })
  attempts!: number;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'notification_type' })
  type!: NotificationType;

  @Column('text')
  channel!: NotificationChannel;

  @Column('text')
  status!: NotificationStatus;

  @Column('text', { name: 'held_by', nullable: true })
  heldBy!: 'worker' | 'predecessor' | null;

  @Column('text', { nullable: true })
  recipient!: string | null;

  /** JSON, see `readFacts`. */
  @Column('text')
  facts!: string;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  /** Of the request that asked for a resend. */
  @Column('text', { name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;
}
