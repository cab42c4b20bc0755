import { oneOf } from '@app/postgres';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { LEDGER_OPERATIONS, LEDGER_OUTCOMES, type LedgerEntry } from '../gateway/simulator-rules';

/** A line in the books of the simulated gateway, which stand for another company's database. */
@Entity('gateway_ledger')
@Check('gateway_ledger_operation_check', oneOf('operation', LEDGER_OPERATIONS))
@Check('gateway_ledger_outcome_check', oneOf('outcome', LEDGER_OUTCOMES))
@Index('gateway_ledger_reference', ['reference'])
@Index('gateway_ledger_one_end_per_hold', ['reference'], { unique: true, where: `outcome IN ('captured', 'voided')` })
@Index('gateway_ledger_by_operators', ['createdAt'], { where: `idempotency_key LIKE '%:operator:%'` })
export class GatewayLedgerEntity {
  @PrimaryColumn('text', { name: 'idempotency_key' })
  idempotencyKey!: string;

  @Column('text')
  operation!: LedgerEntry['operation'];

  @Column('text')
  reference!: string;

  @Column('text')
  outcome!: LedgerEntry['outcome'];

  /** As PostgreSQL gives a numeric: text. */
  @Column('numeric', { precision: 12, scale: 2 })
  amount!: string;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'payment_method', nullable: true })
  paymentMethod!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
