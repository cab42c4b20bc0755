import { oneOf } from '@app/postgres';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DESK_ACTIONS, type DeskActionKind } from './failed-message-history.entity';

const FIGURE = { type: 'integer', nullable: true } as const;

/** What an operator wants done with every message that matches a filter. */
@Entity('failed_message_jobs')
@Check('failed_message_jobs_kind_check', oneOf('kind', DESK_ACTIONS))
@Check('failed_message_jobs_status_check', oneOf('status', ['running', 'done']))
@Index('failed_message_jobs_running', ['created_at'], { where: `status = 'running'` })
@Index('failed_message_jobs_in_order', ['consumer_group', 'created_at', 'id'])
export class FailedMessageJobEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  consumer_group!: string;

  @Column('text')
  kind!: DeskActionKind;

  @Column('text', { default: 'running' })
  status!: 'running' | 'done';

  @Column('text')
  actor!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** As it was asked for, to be shown. */
  @Column('json')
  filter!: Readonly<Record<string, unknown>>;

  @Column('integer', { nullable: true })
  max!: number | null;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;

  /** The figures of a job that is done; while it runs they are counted from its items. */
  @Column(FIGURE)
  total!: number | null;

  @Column(FIGURE)
  released!: number | null;

  @Column(FIGURE)
  resolved!: number | null;

  @Column(FIGURE)
  failed_again!: number | null;

  @Column(FIGURE)
  skipped!: number | null;
}

/** A message of a job. It has no foreign key to the message: a job's figures stay true when messages are pruned. */
@Entity('failed_message_job_items')
@Check(
  'failed_message_job_items_outcome_check',
  oneOf('outcome', ['pending', 'released', 'resolved', 'failed_again', 'skipped']),
)
@Index('failed_message_job_items_open', ['job_id', 'position'], { where: `outcome IN ('pending', 'released')` })
export class FailedMessageJobItemEntity {
  @PrimaryColumn('uuid')
  @ForeignKey(() => FailedMessageJobEntity, { name: 'failed_message_job_items_job_id_fkey', onDelete: 'CASCADE' })
  job_id!: string;

  @PrimaryColumn('uuid')
  failed_message_id!: string;

  /** Of the message. */
  @Column('bigint')
  position!: string;

  @Column('text')
  outcome!: 'pending' | 'released' | 'resolved' | 'failed_again' | 'skipped';

  @Column('timestamptz')
  updated_at!: Date;
}
