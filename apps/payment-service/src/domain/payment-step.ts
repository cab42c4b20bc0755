import { minorUnitsOf } from '@app/events';
import { FREE_PAYMENT_LIFECYCLE } from './free-payment-lifecycle';
import type { LifecycleEntry, PaymentTrigger } from './lifecycle-entry';
import type { Payment, PendingOperation } from './payment';
import { announce, type Announcement } from './payment-announcement';
import type { OrderInput } from './payment-input';
import { BEGINNINGS, PAYMENT_LIFECYCLE } from './payment-lifecycle';
import { STAGES, type PaymentStage } from './payment-stage';
import { PaymentTransitionRefused } from './payment.errors';
import type { RetryPolicy } from './retry-policy';

/** What a decision may not find out by itself. */
export interface DecisionContext {
  readonly now: Date;
  /** The id of the payment, should this be its beginning. */
  readonly paymentId: string;
  /** 0 to 1, random. */
  readonly jitter: number;
  readonly policy: RetryPolicy;
}

/** `payment` is the very object that was put in when nothing changed. */
export interface Decision {
  readonly payment: Payment;
  readonly announcements: readonly Announcement[];
}

/** What changes of a payment besides its stage. */
export type PaymentChanges = Partial<Payment>;

/** The beginning of a payment: one over nothing is approved by itself. */
export function begin(input: OrderInput, context: DecisionContext): Decision {
  const payment = beginning(input, context);
  const isPaid = payment.amount === 0 && payment.stage === 'authorizing';
  if (!isPaid) return { payment, announcements: [] };
  const paid = enter(payment, 'authorized', context.now);
  return { payment: paid, announcements: [announce(paid, 'payment_successful', payment)] };
}

function beginning(input: OrderInput, { now, paymentId }: DecisionContext): Payment {
  const stage = BEGINNINGS[input.kind];
  return {
    paymentId,
    orderId: input.orderId,
    userId: input.userId,
    stage,
    amount: input.amount,
    capturedAmount: minorUnitsOf(0),
    refundedAmount: minorUnitsOf(0),
    currency: input.currency,
    paymentMethod: input.paymentMethod ?? null,
    items: input.items ?? [],
    failureReason: null,
    gatewayReference: null,
    refundReference: null,
    dispute: null,
    heard: false,
    adjustments: 0,
    operation: operationOf(stage, null, now),
    cause: input.cause,
    createdAt: now,
    updatedAt: now,
  };
}

/** What the tables of the lifecycle say. @throws PaymentTransitionRefused */
export function step(
  payment: Payment,
  trigger: PaymentTrigger,
  changes: PaymentChanges,
  context: DecisionContext,
): Decision {
  const entry = entryFor(payment, trigger);
  if (entry === undefined) throw new PaymentTransitionRefused(payment.orderId, payment.stage, trigger);
  if (entry.kind === 'ignore') return { payment, announcements: [] };
  if (entry.kind === 'remember') {
    return { payment: payment.heard ? payment : { ...payment, heard: true }, announcements: [] };
  }
  const isUntouched = payment.operation?.sentAt === null;
  const stage = isUntouched ? (entry.untouched ?? entry.to) : entry.to;
  const moved = enter({ ...payment, ...changes }, stage, context.now);
  return {
    payment: moved,
    announcements: entry.announces === undefined ? [] : [announce(moved, entry.announces, payment)],
  };
}

/** A payment over nothing that was begun at a gateway, by an earlier version, is finished there. */
function entryFor(payment: Payment, trigger: PaymentTrigger): LifecycleEntry | undefined {
  const isFree = payment.amount === 0 && payment.gatewayReference === null;
  const free = isFree ? FREE_PAYMENT_LIFECYCLE[payment.stage]?.[trigger] : undefined;
  return free ?? PAYMENT_LIFECYCLE[payment.stage][trigger];
}

/** Where the gateway has spoken of the money in the meantime, it is asked first. */
const ONCE_HEARD: Partial<Record<PaymentStage, PaymentStage>> = { captured: 'inspecting', refunded: 'checking_refund' };

function enter(payment: Payment, wanted: PaymentStage, now: Date): Payment {
  const inspected = payment.heard ? ONCE_HEARD[wanted] : undefined;
  const stage = inspected ?? wanted;
  const { status } = STAGES[stage];
  const isCollected = status === 'captured' || status === 'refunded';
  const isKnown = !isCollected || payment.capturedAmount > 0;
  const capturedAmount = isKnown ? payment.capturedAmount : payment.amount;
  return {
    ...payment,
    stage,
    capturedAmount,
    refundedAmount: status === 'refunded' ? capturedAmount : payment.refundedAmount,
    heard: inspected === undefined && payment.heard,
    failureReason: status === 'failed' ? payment.failureReason : null,
    operation: operationOf(stage, payment.operation, now),
    updatedAt: now,
  };
}

/** The same operation goes on as it stands; another one is due at once. */
function operationOf(stage: PaymentStage, present: PendingOperation | null, now: Date): PendingOperation | null {
  const { operation: kind } = STAGES[stage];
  if (kind === undefined) return null;
  if (present?.kind === kind) return present;
  return { kind, dueAt: now, attempts: 0, uncertain: false, sentAt: null };
}
