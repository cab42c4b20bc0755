import {
  DISPUTE_STATES,
  PAYMENT_FAILURE_REASONS,
  toDecimal,
  type DisputeState,
  type PaymentFailureReason,
} from '@app/events';
import { ApiProperty } from '@nestjs/swagger';
import { GATEWAY_OPERATIONS, type GatewayOperation } from '../domain/gateway-outcome';
import { PAYMENT_STATUSES, type PaymentStatus } from '../domain/payment-stage';
import type { PaymentView } from '../use-cases/get-payment';

/** A call to the gateway that has still to succeed. */
export class PendingCallResponse {
  @ApiProperty({ enum: GATEWAY_OPERATIONS, description: 'What the gateway is asked for.', example: 'authorize' })
  operation!: GatewayOperation;

  @ApiProperty({ type: 'integer', description: 'Attempts that ended without an answer.', example: 1 })
  attempts!: number;

  @ApiProperty({
    description: 'Whether an attempt may have succeeded; the gateway is asked before it is repeated.',
    example: true,
  })
  outcome_unknown!: boolean;

  @ApiProperty({
    format: 'date-time',
    description: 'When the next attempt is due; while one is running, when it is given up.',
    example: '2026-01-15T09:30:01.000Z',
  })
  next_attempt_at!: string;
}

/** The payment of an order. */
export class PaymentResponse {
  @ApiProperty({ format: 'uuid', example: '01936f3c-7c02-7d1f-8e21-5b9a3f6c4d18' })
  payment_id!: string;

  @ApiProperty({ format: 'uuid', example: '01936f3c-7b1e-7c43-9a4e-2f5d8c1b6a70' })
  order_id!: string;

  @ApiProperty({ example: 'user_123' })
  user_id!: string;

  @ApiProperty({
    enum: PAYMENT_STATUSES,
    example: 'captured',
    description:
      'authorized: the amount is held. unknown: the gateway has not answered yet; the service keeps asking. ' +
      'voided: the hold was released. cancelled: nothing was ever held.',
  })
  status!: PaymentStatus;

  @ApiProperty({ example: 1299.99 })
  amount!: number;

  @ApiProperty({ example: 1299.99, description: 'Amount that was captured.' })
  captured_amount!: number;

  @ApiProperty({ example: 0, description: 'Amount of it that was refunded.' })
  refunded_amount!: number;

  @ApiProperty({
    enum: DISPUTE_STATES,
    nullable: true,
    example: null,
    description: 'State of a dispute raised by the customer’s bank; null if there is none.',
  })
  dispute!: DisputeState | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'credit_card',
    description: 'null while the confirmation of an order has arrived before the order itself.',
  })
  payment_method!: string | null;

  @ApiProperty({ enum: PAYMENT_FAILURE_REASONS, nullable: true, example: null })
  failure_reason!: PaymentFailureReason | null;

  @ApiProperty({
    type: PendingCallResponse,
    nullable: true,
    description: 'null if nothing is expected of the gateway.',
  })
  pending!: PendingCallResponse | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.123Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.456Z' })
  updated_at!: string;

  static from(payment: PaymentView): PaymentResponse {
    return {
      payment_id: payment.paymentId,
      order_id: payment.orderId,
      user_id: payment.userId,
      status: payment.status,
      amount: toDecimal(payment.amount),
      captured_amount: toDecimal(payment.capturedAmount),
      refunded_amount: toDecimal(payment.refundedAmount),
      dispute: payment.dispute,
      currency: payment.currency,
      payment_method: payment.paymentMethod,
      failure_reason: payment.failureReason,
      pending: payment.pending === null ? null : pendingFrom(payment.pending),
      created_at: payment.createdAt.toISOString(),
      updated_at: payment.updatedAt.toISOString(),
    };
  }
}

/** A page of payments. */
export class PaymentListResponse {
  @ApiProperty({ type: [PaymentResponse] })
  payments!: PaymentResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Cursor of the next page; null on the last page',
  })
  next_cursor!: string | null;
}

function pendingFrom({ kind, attempts, uncertain, dueAt }: NonNullable<PaymentView['pending']>): PendingCallResponse {
  return { operation: kind, attempts, outcome_unknown: uncertain, next_attempt_at: dueAt.toISOString() };
}
