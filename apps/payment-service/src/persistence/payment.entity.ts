import { type DisputeState, type MinorUnits, moneyTransformer, type PaymentFailureReason } from '@app/events';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PaymentStatus } from '../domain/payment-stage';

const AMOUNT = { type: 'numeric', precision: 12, scale: 2, transformer: moneyTransformer } as const;

/** What is read of a payment for people. Everything is written by the `PaymentRepository`. */
@Entity({ name: 'payments' })
export class PaymentEntity {
  @PrimaryColumn({ name: 'payment_id', type: 'uuid' })
  paymentId!: string;

  @Column({ name: 'order_id', type: 'uuid' })
  orderId!: string;

  @Column({ name: 'user_id', type: 'text' })
  userId!: string;

  @Column({ type: 'text' })
  status!: PaymentStatus;

  @Column(AMOUNT)
  amount!: MinorUnits;

  @Column({ name: 'captured_amount', ...AMOUNT })
  capturedAmount!: MinorUnits;

  @Column({ name: 'refunded_amount', ...AMOUNT })
  refundedAmount!: MinorUnits;

  @Column({ type: 'text', nullable: true })
  dispute!: DisputeState | null;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ name: 'payment_method', type: 'text', nullable: true })
  paymentMethod!: string | null;

  @Column({ name: 'failure_reason', type: 'text', nullable: true })
  failureReason!: PaymentFailureReason | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
