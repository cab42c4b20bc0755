import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that a consumer group has handled. */
@Entity('inbox')
@Index('inbox_received_at', ['received_at'], { type: 'brin' })
export class InboxEntity {
  @PrimaryColumn('text')
  consumer_group!: string;

  @PrimaryColumn('uuid')
  event_id!: string;

  @Column('timestamptz', { default: () => 'now()' })
  received_at!: Date;
}
