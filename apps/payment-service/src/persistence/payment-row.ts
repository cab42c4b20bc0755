import { type DisputeState, fromNumeric, type MinorUnits, type PaymentFailureReason, toNumeric } from '@app/events';
import type { GatewayOperation } from '../domain/gateway-outcome';
import { statusOf, type Payment, type PendingOperation } from '../domain/payment';
import type { PaymentStage, PaymentStatus } from '../domain/payment-stage';

/** A row of `payments` as the driver gives it. */
export interface PaymentRow {
  readonly payment_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly stage: PaymentStage;
  readonly status: PaymentStatus;
  readonly amount: string;
  readonly captured_amount: string;
  readonly refunded_amount: string;
  readonly currency: string;
  readonly payment_method: string | null;
  readonly items: readonly { readonly product_id: string; readonly quantity: number }[];
  readonly failure_reason: PaymentFailureReason | null;
  readonly gateway_reference: string | null;
  readonly refund_reference: string | null;
  readonly dispute: DisputeState | null;
  readonly heard: boolean;
  readonly adjustments: number;
  readonly operation: GatewayOperation | null;
  readonly attempts: number | null;
  readonly uncertain: boolean | null;
  readonly sent_at: Date | null;
  readonly due_at: Date | null;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function toRow(payment: Payment): PaymentRow {
  const { operation, cause } = payment;
  return {
    payment_id: payment.paymentId,
    order_id: payment.orderId,
    user_id: payment.userId,
    stage: payment.stage,
    status: statusOf(payment),
    amount: toNumeric(payment.amount),
    captured_amount: toNumeric(payment.capturedAmount),
    refunded_amount: toNumeric(payment.refundedAmount),
    currency: payment.currency,
    payment_method: payment.paymentMethod,
    items: payment.items.map(({ productId, quantity }) => ({ product_id: productId, quantity })),
    failure_reason: payment.failureReason,
    gateway_reference: payment.gatewayReference,
    refund_reference: payment.refundReference,
    dispute: payment.dispute,
    heard: payment.heard,
    adjustments: payment.adjustments,
    ...operationColumns(operation),
    correlation_id: cause.correlationId,
    causation_id: cause.causationId ?? null,
    traceparent: cause.traceparent ?? null,
    created_at: payment.createdAt,
    updated_at: payment.updatedAt,
  };
}

function operationColumns(operation: PendingOperation | null) {
  if (operation === null) return { operation, attempts: null, uncertain: null, sent_at: null, due_at: null };
  const { kind, attempts, uncertain, sentAt, dueAt } = operation;
  return { operation: kind, attempts, uncertain, sent_at: sentAt, due_at: dueAt };
}

export function fromRow(row: PaymentRow): Payment {
  return {
    paymentId: row.payment_id,
    orderId: row.order_id,
    userId: row.user_id,
    stage: row.stage,
    amount: amountFrom(row.amount),
    capturedAmount: amountFrom(row.captured_amount),
    refundedAmount: amountFrom(row.refunded_amount),
    currency: row.currency,
    paymentMethod: row.payment_method,
    items: row.items.map(({ product_id, quantity }) => ({ productId: product_id, quantity })),
    failureReason: row.failure_reason,
    gatewayReference: row.gateway_reference,
    refundReference: row.refund_reference,
    dispute: row.dispute,
    heard: row.heard,
    adjustments: row.adjustments,
    operation: operationFrom(row),
    cause: {
      correlationId: row.correlation_id,
      ...(row.causation_id === null ? {} : { causationId: row.causation_id }),
      ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function operationFrom(row: PaymentRow): PendingOperation | null {
  if (row.operation === null || row.due_at === null) return null;
  return {
    kind: row.operation,
    dueAt: row.due_at,
    attempts: row.attempts ?? 0,
    uncertain: row.uncertain ?? false,
    sentAt: row.sent_at,
  };
}

function amountFrom(decimal: string): MinorUnits {
  return fromNumeric(decimal);
}
