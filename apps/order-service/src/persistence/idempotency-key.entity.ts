import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The answer to the first request with an `Idempotency-Key`. */
@Entity('idempotency_keys')
@Check('idempotency_keys_key_check', 'length(key) BETWEEN 1 AND 255')
@Index('idempotency_keys_created_at', ['createdAt'], { type: 'brin' })
export class IdempotencyKeyEntity {
  /** Whose key it is: `sub` of their token. The key of one caller says nothing about another's. */
  @PrimaryColumn('text', { default: 'developer' })
  subject!: string;

  @PrimaryColumn('text')
  key!: string;

  /** SHA-256 of the request's parameters, in hexadecimal. */
  @Column('text')
  fingerprint!: string;

  @Column('uuid', { name: 'order_id' })
  orderId!: string;

  /** Of HTTP. */
  @Column('smallint')
  status!: number;

  /** JSON. */
  @Column('text')
  body!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
