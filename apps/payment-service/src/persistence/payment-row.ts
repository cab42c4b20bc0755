import { fromNumeric, toNumeric, traceAsText, traceFromText } from '@app/events';
import { columnsOf } from '@app/postgres';
import { statusOf, type Payment, type PendingOperation } from '../domain/payment';
import { PaymentEntity } from './payment.entity';

/** What is read and written of a payment: all but what PostgreSQL computes, and when the sweep looks at it. */
export type PaymentRow = Readonly<Omit<PaymentEntity, 'lookAt' | 'idempotencyKey' | 'finalStatus'>>;

/** The properties of a {@link PaymentRow}. */
export const PAYMENT_PROPERTIES = Object.keys(columnsOf(PaymentEntity)).filter(
  (property): property is keyof PaymentRow => property !== 'lookAt',
);

export function toRow(payment: Payment): PaymentRow {
  const { operation, cause } = payment;
  return {
    paymentId: payment.paymentId,
    orderId: payment.orderId,
    userId: payment.userId,
    stage: payment.stage,
    status: statusOf(payment),
    amount: toNumeric(payment.amount),
    capturedAmount: toNumeric(payment.capturedAmount),
    refundedAmount: toNumeric(payment.refundedAmount),
    currency: payment.currency,
    paymentMethod: payment.paymentMethod,
    items: payment.items.map(({ productId, quantity }) => ({ product_id: productId, quantity })),
    failureReason: payment.failureReason,
    gatewayReference: payment.gatewayReference,
    refundReference: payment.refundReference,
    dispute: payment.dispute,
    heard: payment.heard,
    adjustments: payment.adjustments,
    ...operationColumns(operation),
    correlationId: cause.correlationId,
    causationId: cause.causationId ?? null,
    traceparent: traceAsText(cause),
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
  };
}

function operationColumns(operation: PendingOperation | null) {
  if (operation === null) return { operation, attempts: null, uncertain: null, sentAt: null, dueAt: null };
  const { kind, attempts, uncertain, sentAt, dueAt } = operation;
  return { operation: kind, attempts, uncertain, sentAt, dueAt };
}

export function fromRow(row: PaymentRow): Payment {
  return {
    paymentId: row.paymentId,
    orderId: row.orderId,
    userId: row.userId,
    stage: row.stage,
    amount: fromNumeric(row.amount),
    capturedAmount: fromNumeric(row.capturedAmount),
    refundedAmount: fromNumeric(row.refundedAmount),
    currency: row.currency,
    paymentMethod: row.paymentMethod,
    items: row.items.map(({ product_id, quantity }) => ({ productId: product_id, quantity })),
    failureReason: row.failureReason,
    gatewayReference: row.gatewayReference,
    refundReference: row.refundReference,
    dispute: row.dispute,
    heard: row.heard,
    adjustments: row.adjustments,
    operation: operationFrom(row),
    cause: {
      correlationId: row.correlationId,
      ...(row.causationId === null ? {} : { causationId: row.causationId }),
      ...traceFromText(row.traceparent),
    },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function operationFrom(row: PaymentRow): PendingOperation | null {
  if (row.operation === null || row.dueAt === null) return null;
  return {
    kind: row.operation,
    dueAt: row.dueAt,
    attempts: row.attempts ?? 0,
    uncertain: row.uncertain ?? false,
    sentAt: row.sentAt,
  };
}
