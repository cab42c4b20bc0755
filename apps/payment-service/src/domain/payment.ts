import type { Cause, DisputeState, MinorUnits, PaymentFailureReason } from '@app/events';
import { idempotencyKeyOf, type GatewayOperation } from './gateway-outcome';
import { isUnwanted, STAGES, type PaymentStage, type PaymentStatus } from './payment-stage';

/** What was bought: passed on when it is paid. */
export interface PaidItem {
  readonly productId: string;
  readonly quantity: number;
}

/** A call to the gateway that is due, or on its way. */
export interface PendingOperation {
  readonly kind: GatewayOperation;
  /** When it is to be tried (again). While a worker is at it: the end of its lease. */
  readonly dueAt: Date;
  /** Attempts that ended without the gateway's word. */
  readonly attempts: number;
  /** An attempt may have done it: the gateway has to be asked before it is sent again. */
  readonly uncertain: boolean;
  /** When a worker was last handed it to send, or lost the answer; null: never, so it has certainly not been sent. */
  readonly sentAt: Date | null;
}

/** The payment of one order. `operation` is there exactly when the stage has one. */
export interface Payment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly stage: PaymentStage;
  readonly amount: MinorUnits;
  readonly capturedAmount: MinorUnits;
  readonly refundedAmount: MinorUnits;
  readonly currency: string;
  /** Null only while nothing but the order's confirmation is known. */
  readonly paymentMethod: string | null;
  readonly items: readonly PaidItem[];
  readonly failureReason: PaymentFailureReason | null;
  /** The gateway's name for the hold, and for what was collected from it. */
  readonly gatewayReference: string | null;
  readonly refundReference: string | null;
  /** Of the captured money; null: never disputed. */
  readonly dispute: DisputeState | null;
  /** The gateway has spoken of the money since it was last asked, and its answer may be older than that. */
  readonly heard: boolean;
  /** How often `payment_adjusted` was announced. */
  readonly adjustments: number;
  readonly operation: PendingOperation | null;
  /** What made the operation due, or the last change: the cause of what is announced next. */
  readonly cause: Cause;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the outside sees. A failed payment stays failed, whatever is in doubt about the hold that is being released. */
export function statusOf(payment: Pick<Payment, 'stage' | 'operation'>): PaymentStatus {
  const { status } = STAGES[payment.stage];
  return payment.operation?.uncertain === true && status !== 'failed' ? 'unknown' : status;
}

/** Everything a worker needs to know for one attempt. */
export interface GatewayCall {
  readonly operation: GatewayOperation;
  readonly idempotencyKey: string;
  readonly orderId: string;
  /** What the operation is about: the whole payment, or what was captured of it once that is known. */
  readonly amount: MinorUnits;
  readonly currency: string;
  readonly paymentMethod: string;
  /** Of the hold; null for the authorisation itself. */
  readonly reference: string | null;
  /** `send`: not sent before, or under this key only. `ask_first`: send when nothing is found. `only_ask`: unwanted. */
  readonly manner: 'send' | 'ask_first' | 'only_ask';
}

/** The attempt that is due. @throws TypeError when none is. */
export function callFor(payment: Payment): GatewayCall {
  const { operation, orderId, amount, currency, paymentMethod } = payment;
  if (operation === null || paymentMethod === null) throw new TypeError(`nothing is due for order ${orderId}`);
  return {
    operation: operation.kind,
    idempotencyKey: idempotencyKeyOf(orderId, operation.kind),
    orderId,
    amount: payment.capturedAmount > 0 ? payment.capturedAmount : amount,
    currency,
    paymentMethod,
    reference: payment.gatewayReference,
    manner: isUnwanted(payment.stage) ? 'only_ask' : operation.uncertain ? 'ask_first' : 'send',
  };
}

/** Whether an operation waits that no worker has been handed yet. */
export function isFreshlyDue(payment: Payment): boolean {
  return payment.operation !== null && payment.operation.sentAt === null;
}

/** The payment in the hands of a worker until `leasedUntil`. */
export function handOver(payment: Payment, now: Date, leasedUntil: Date): Payment {
  if (payment.operation === null) throw new TypeError(`nothing is due for order ${payment.orderId}`);
  return { ...payment, operation: { ...payment.operation, dueAt: leasedUntil, sentAt: now } };
}

/** Whether an attempt at an operation has ended without the gateway's word since `before`. */
export function isFailedAttempt(before: PendingOperation | null | undefined, now: PendingOperation): boolean {
  return before?.kind === now.kind && now.attempts > before.attempts;
}
