import { oneOf } from '@app/postgres';
import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A record on its way to Kafka. Names of columns are those of Debezium's outbox event router. */
@Entity('outbox')
@Check('outbox_encoding_check', oneOf('encoding', ['text', 'base64']))
@Index('outbox_refused', ['type', 'aggregateid'], { where: 'refused_at IS NOT NULL' })
export class OutboxEntity {
  /** `bigint`, which the driver gives as text. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  position!: string;

  @Column('uuid')
  id!: string;

  /** What an event is about: `order`, or what else its definition says. `dead_letter` of a record whose bytes go out as they came in. */
  @Column('text')
  aggregatetype!: string;

  /** The key of the record. */
  @Column('text', { nullable: true })
  aggregateid!: string | null;

  /** The topic. */
  @Column('text')
  type!: string;

  @Column('text', { nullable: true })
  payload!: string | null;

  /** JSON. */
  @Column('text')
  headers!: string;

  /** Of the event among those with its key; null of a dead letter. */
  @Column('bigint', { nullable: true })
  sequence!: string | null;

  /** Of key and payload. */
  @Column('text', { default: 'text' })
  encoding!: 'text' | 'base64';

  @Column('timestamptz', { default: () => 'now()' })
  created_at!: Date;

  /** When Kafka refused it last. */
  @Column('timestamptz', { nullable: true })
  refused_at!: Date | null;

  /** What Kafka said. */
  @Column('text', { nullable: true })
  refusal!: string | null;
}

/** How many events of an order this service has published: the sequence of the last one. */
@Entity('event_sequences')
export class EventSequenceEntity {
  @PrimaryColumn('uuid')
  order_id!: string;

  @Column('bigint')
  last_sequence!: string;
}

/** The same of what is not about an order, by record key. */
@Entity('key_sequences')
export class KeySequenceEntity {
  @PrimaryColumn('text', { collation: 'C' })
  key!: string;

  @Column('bigint')
  last_sequence!: string;
}
