import { oneOf } from '@app/postgres';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { FailedMessageEntity } from './failed-message.entity';
import { ATTEMPT_KINDS, type AttemptKind } from './failed-message-states';

/** What an operator can want of a failed message. */
export const DESK_ACTIONS = ['retry', 'discard'] as const;
export type DeskActionKind = (typeof DESK_ACTIONS)[number];

/** An attempt that failed. */
@Entity('failed_message_attempts')
@Check('failed_message_attempts_kind_check', oneOf('kind', ATTEMPT_KINDS))
export class FailedMessageAttemptEntity {
  @PrimaryColumn('uuid')
  @ForeignKey(() => FailedMessageEntity, {
    name: 'failed_message_attempts_failed_message_id_fkey',
    onDelete: 'CASCADE',
  })
  failed_message_id!: string;

  @PrimaryColumn('integer')
  number!: number;

  @Column('text')
  kind!: AttemptKind;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  error_class!: string;

  @Column('text')
  error_message!: string;
}

/**
 * What an operator did with a message. Rows are added, never changed, and outlive the message: the service has given up the right
 * to change them.
 */
@Entity('failed_message_actions')
@Check('failed_message_actions_action_check', oneOf('action', DESK_ACTIONS))
@Index('failed_message_actions_message', ['failed_message_id'])
export class FailedMessageActionEntity {
  /** `bigint`, which the driver gives as text. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  number!: string;

  @Column('uuid')
  failed_message_id!: string;

  @Column('uuid', { nullable: true })
  event_id!: string | null;

  @Column('text')
  action!: DeskActionKind;

  @Column('text')
  actor!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('timestamptz')
  at!: Date;

  @Column('uuid', { nullable: true })
  job_id!: string | null;
}
