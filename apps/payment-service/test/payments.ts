import { minorUnitsOf } from '@app/events';
import { deepFreeze } from '@app/testing';
import type { OrderInput } from '../src/domain/payment-input';
import type { Payment } from '../src/domain/payment';
import type { OrderTrigger } from '../src/domain/lifecycle-entry';
import { STAGES, type PaymentStage } from '../src/domain/payment-stage';
import { RetryPolicy } from '../src/domain/retry-policy';

/** For tests: a payment of 42.50 in a given stage, in the hands of a worker if something is due, and what belongs to it. */
export const ORDER_ID = '01936f3c-7b1e-7c43-9a4e-2f5d8c1b6a70';
export const NOON = new Date('2026-01-15T12:00:00Z');
export const LEASE = new Date('2026-01-15T12:00:30Z');
export const AMOUNT = minorUnitsOf(4250);
export const CONTEXT = { now: NOON, paymentId: 'new-payment', jitter: 0.5, policy: new RetryPolicy() };

export function aPayment(stage: PaymentStage, changes: Partial<Payment> = {}): Payment {
  const { operation: kind, status } = STAGES[stage];
  const nothing = minorUnitsOf(0);
  return deepFreeze({
    paymentId: 'payment-1',
    orderId: ORDER_ID,
    userId: 'user_123',
    stage,
    amount: AMOUNT,
    capturedAmount: status === 'captured' || status === 'refunded' ? AMOUNT : nothing,
    refundedAmount: status === 'refunded' ? AMOUNT : nothing,
    currency: 'USD',
    paymentMethod: stage === 'expected' ? null : 'credit_card',
    items: stage === 'expected' ? [] : [{ productId: 'MOUSE001', quantity: 2 }],
    failureReason: status === 'failed' ? 'capture_failed' : null,
    gatewayReference: kind === 'authorize' || status === 'pending' ? null : 'hold-1',
    refundReference: status === 'refunded' ? 'refund-1' : null,
    dispute: null,
    heard: false,
    adjustments: 0,
    operation: kind === undefined ? null : { kind, dueAt: LEASE, attempts: 0, uncertain: false, sentAt: NOON },
    cause: { correlationId: 'first-cause', causationId: 'event-before' },
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  });
}

export function anInput(kind: OrderTrigger): OrderInput {
  const fields = { orderId: ORDER_ID, userId: 'user_123', currency: 'USD', amount: AMOUNT };
  const cause = { correlationId: 'first-cause', causationId: `event-${kind}` };
  return deepFreeze({
    kind,
    ...fields,
    cause,
    ...(kind === 'order_confirmed' ? {} : { paymentMethod: 'credit_card' }),
    ...(kind === 'order_created' ? { items: [{ productId: 'MOUSE001', quantity: 2 }] } : {}),
  });
}
