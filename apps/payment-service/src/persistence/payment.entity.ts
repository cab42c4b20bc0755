import { DISPUTE_STATES, type DisputeState, type PaymentFailureReason } from '@app/events';
import { oneOf } from '@app/postgres';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { GATEWAY_OPERATIONS, type GatewayOperation } from '../domain/gateway-outcome';
import type { FinalPaymentStatus, PaymentStage, PaymentStatus } from '../domain/payment-stage';

/** As PostgreSQL gives a numeric: text. */
const AMOUNT = { type: 'numeric', precision: 12, scale: 2 } as const;
/** Computed by PostgreSQL from other columns. */
const COMPUTED = { type: 'text', nullable: true, generatedType: 'STORED', insert: false, update: false } as const;

/** The payment of an order. Everything is written by the `PaymentRepository`. */
@Entity('payments')
@Check('payments_amounts', '0 <= refunded_amount AND refunded_amount <= captured_amount AND captured_amount <= amount')
@Check('payments_dispute_check', oneOf('dispute', DISPUTE_STATES))
@Check('payments_operation_check', oneOf('operation', GATEWAY_OPERATIONS))
@Check(
  'payments_operation',
  `(operation IS NULL) = (due_at IS NULL) AND (operation IS NULL) = (attempts IS NULL) AND (operation IS NULL) = (uncertain IS NULL)`,
)
@Check('payments_look_at', 'due_at IS NULL OR (look_at IS NOT NULL AND look_at <= due_at)')
@Index('payments_of_user', ['userId', 'paymentId'])
@Index('payments_to_look_at', ['lookAt'], { where: 'look_at IS NOT NULL' })
@Index('payments_open', ['paymentId'], { where: 'final_status IS NULL' })
@Index('payments_ended_otherwise', ['finalStatus', 'paymentId'], { where: `final_status <> 'captured'` })
export class PaymentEntity {
  @PrimaryColumn('uuid', { name: 'payment_id' })
  paymentId!: string;

  @Column('uuid', { name: 'order_id', unique: true })
  orderId!: string;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('text')
  stage!: PaymentStage;

  @Column('text')
  status!: PaymentStatus;

  @Column(AMOUNT)
  amount!: string;

  @Column({ ...AMOUNT, name: 'captured_amount', default: 0 })
  capturedAmount!: string;

  @Column({ ...AMOUNT, name: 'refunded_amount', default: 0 })
  refundedAmount!: string;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'payment_method', nullable: true })
  paymentMethod!: string | null;

  @Column('jsonb')
  items!: readonly { readonly product_id: string; readonly quantity: number }[];

  @Column('text', { name: 'failure_reason', nullable: true })
  failureReason!: PaymentFailureReason | null;

  @Column('text', { name: 'gateway_reference', nullable: true })
  gatewayReference!: string | null;

  @Column('text', { name: 'refund_reference', nullable: true })
  refundReference!: string | null;

  @Column('text', { nullable: true })
  dispute!: DisputeState | null;

  @Column('boolean', { default: false })
  heard!: boolean;

  @Column('integer', { default: 0 })
  adjustments!: number;

  /** Due at the gateway, or on its way there; the four columns behind it are about it. */
  @Column('text', { nullable: true })
  operation!: GatewayOperation | null;

  @Column('integer', { nullable: true })
  attempts!: number | null;

  @Column('boolean', { nullable: true })
  uncertain!: boolean | null;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt!: Date | null;

  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('text', { name: 'causation_id', nullable: true })
  causationId!: string | null;

  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** When the sweep looks at the payment: not later than `dueAt`. */
  @Column('timestamptz', { name: 'look_at', nullable: true })
  lookAt!: Date | null;

  /** For people who look into the table: the key under which the gateway is called. */
  @Column({
    ...COMPUTED,
    name: 'idempotency_key',
    asExpression: `(((order_id)::text || ':'::text) || operation)`,
  })
  idempotencyKey!: string | null;

  /** The status once nothing more is expected. */
  @Column({
    ...COMPUTED,
    name: 'final_status',
    asExpression: `CASE WHEN (status = ANY (ARRAY['captured'::text, 'failed'::text, 'voided'::text, 'refunded'::text, 'cancelled'::text])) THEN status ELSE NULL::text END`,
  })
  finalStatus!: FinalPaymentStatus | null;
}
