import { oneOf } from '@app/postgres';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { StoredHeaders } from '../unit-of-work/stored-headers';
import {
  DEAD_LETTER_REASONS,
  FAILED_MESSAGE_STATUSES,
  type DeadLetterReason,
  type FailedMessageStatus,
} from './failed-message-states';

/** Of many rows only these have an entry in an index. */
const where = (condition: string) => ({ where: condition });

/**
 * A record that was put aside. The time is part of what identifies it: a topic that was made anew begins at offset 0 again.
 * Properties have the names of the columns, because rows are shown as they are.
 */
@Entity('failed_messages')
@Unique('failed_messages_consumer_group_topic_partition_offset_times_key', [
  'consumer_group',
  'topic',
  'partition',
  'offset',
  'timestamp',
])
@Check('failed_messages_status_check', oneOf('status', FAILED_MESSAGE_STATUSES))
@Check('failed_messages_reason_check', oneOf('reason', DEAD_LETTER_REASONS))
@Index('failed_messages_blocking', ['order_id', 'position'], where('blocks_order'))
@Index('failed_messages_due', ['next_attempt_at'], where(`status IN ('retrying', 'waiting')`))
@Index('failed_messages_unfinished', ['position'], where(`status NOT IN ('resolved', 'discarded')`))
@Index('failed_messages_finished', ['resolved_at'], where(`status IN ('resolved', 'discarded')`))
@Index('failed_messages_of_status', ['consumer_group', 'status', 'position'])
@Index('failed_messages_of_order', ['order_id', 'position'])
export class FailedMessageEntity {
  /** The order of arrival. `bigint`, which the driver gives as text, like `offset` and `timestamp`. */
  @Column({ type: 'bigint', unique: true, generated: 'identity', generatedIdentity: 'ALWAYS' })
  position!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  consumer_group!: string;

  @Column('text')
  topic!: string;

  @Column('integer')
  partition!: number;

  @Column('bigint')
  offset!: string;

  /** Of the record, in milliseconds since 1970. */
  @Column('bigint')
  timestamp!: string;

  @Column('bytea', { nullable: true })
  key!: Buffer | null;

  @Column('bytea', { nullable: true })
  value!: Buffer | null;

  /** Not jsonb, which cannot hold every name a header may have. */
  @Column('json')
  headers!: StoredHeaders;

  /** Null if the record could not be read. */
  @Column('uuid', { nullable: true })
  event_id!: string | null;

  @Column('uuid', { nullable: true })
  order_id!: string | null;

  @Column('text')
  status!: FailedMessageStatus;

  /** Whether later messages of the order wait for it. */
  @Column('boolean')
  blocks_order!: boolean;

  @Column('text', { nullable: true })
  reason!: DeadLetterReason | null;

  @Column('text', { nullable: true })
  error_class!: string | null;

  @Column('text', { nullable: true })
  error_message!: string | null;

  @Column('text', { nullable: true })
  error_stack!: string | null;

  @Column('integer')
  attempts!: number;

  @Column('timestamptz', { nullable: true })
  first_failure_at!: Date | null;

  @Column('timestamptz', { nullable: true })
  last_failure_at!: Date | null;

  @Column('timestamptz', { nullable: true })
  next_attempt_at!: Date | null;

  @Column('timestamptz', { nullable: true })
  resolved_at!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  created_at!: Date;

  /** How often an operator had it tried again. */
  @Column('integer', { default: 0 })
  desk_retries!: number;

  /** Whether it is due because an operator said so. */
  @Column('boolean', { default: false })
  from_desk!: boolean;

  /** The job that made it due. */
  @Column('uuid', { nullable: true })
  job_id!: string | null;

  /** The process that tries it again. */
  @Column('uuid', { nullable: true })
  claimed_by!: string | null;

  @Column('timestamptz', { nullable: true })
  claimed_until!: Date | null;
}
