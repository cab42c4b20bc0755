import { minorUnitsOf, type Cause, type MinorUnits, type PaymentFailureReason } from '@app/events';
import type { GatewayAnswer, GatewayOutcome, MoneyAtGateway } from './gateway-outcome';
import type { PaidItem, Payment, PendingOperation } from './payment';
import { announce, type Announcement } from './payment-announcement';
import {
  BEGINNINGS,
  FREE_PAYMENT_LIFECYCLE,
  PAYMENT_LIFECYCLE,
  type GatewayNews,
  type LifecycleEntry,
  type OrderNews,
  type PaymentTrigger,
} from './payment-lifecycle';
import { isUnwanted, STAGES, type PaymentStage } from './payment-stage';
import { nextAttemptAt, type RetryPolicy } from './retry-policy';

/** What an event of the order service says to a payment. */
export interface OrderInput {
  readonly kind: OrderNews;
  readonly orderId: string;
  readonly userId: string;
  readonly currency: string;
  readonly amount: MinorUnits;
  /** `order_confirmed` does not carry it. */
  readonly paymentMethod?: string;
  /** Only `order_created` carries them. */
  readonly items?: readonly PaidItem[];
  readonly cause: Cause;
}

/** How a call to the gateway ended. */
export interface GatewayInput {
  readonly kind: 'gateway';
  readonly orderId: string;
  /** The lease under which the call was made. */
  readonly lease: Date;
  readonly outcome: GatewayOutcome;
}

/** What the gateway told of its own accord: nothing but a reason to ask it. */
export interface GatewayHint {
  readonly kind: GatewayNews;
  readonly orderId: string;
}

export type PaymentInput = OrderInput | GatewayInput | GatewayHint;

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

/** Something that can not have happened to a payment in this stage: the gateway contradicts itself, or we are wrong. */
export class PaymentTransitionRefused extends Error {
  readonly code = 'PAYMENT.TRANSITION_REFUSED';
  readonly kind = 'conflict';

  constructor(
    readonly orderId: string,
    readonly stage: PaymentStage | 'absent',
    readonly trigger: string,
  ) {
    super(`${trigger} can not happen to the payment of order ${orderId}, which is ${stage}`);
  }
}

/** One step of a payment's life. Pure. @throws PaymentTransitionRefused */
export function decidePayment(payment: Payment | undefined, input: PaymentInput, context: DecisionContext): Decision {
  switch (input.kind) {
    case 'order_created':
    case 'order_confirmed':
    case 'order_cancelled':
      if (payment === undefined) return begin(input, context);
      return step(payment, input.kind, factsFrom(payment, input), context);
    case 'money_moved':
    case 'refund_changed':
      if (payment === undefined) throw new PaymentTransitionRefused(input.orderId, 'absent', input.kind);
      return step(payment, input.kind, {}, context);
    case 'gateway':
      if (payment === undefined) throw new PaymentTransitionRefused(input.orderId, 'absent', input.outcome.kind);
      return settle(payment, input, context);
  }
}

function settle(payment: Payment, input: GatewayInput, context: DecisionContext): Decision {
  const { outcome } = input;
  switch (outcome.kind) {
    case 'inspected':
      return inspected(payment, input, outcome, context);
    case 'outcome_unknown':
      return answerLost(payment, input, context);
    case 'not_asked':
      return wait(payment, input, context);
    case 'unavailable':
    case 'refused':
      return postpone(payment, input, context);
    case 'nothing_found':
      return isQuiet(payment, context)
        ? step(payment, 'nothing_found', {}, context)
        : postpone(payment, input, context);
    default:
      return step(payment, outcome.kind, factsOf(outcome), context);
  }
}

/** Several steps, one after the other. @throws PaymentTransitionRefused */
export function decideAll(
  payment: Payment | undefined,
  inputs: readonly PaymentInput[],
  context: DecisionContext,
): Decision {
  const [first, ...others] = inputs;
  if (first === undefined) throw new TypeError('nothing to decide');
  return others.reduce<Decision>(
    (decision, input) => {
      const next = decidePayment(decision.payment, input, context);
      return { ...next, announcements: [...decision.announcements, ...next.announcements] };
    },
    decidePayment(payment, first, context),
  );
}

type Facts = Partial<Payment>;

function begin(input: OrderInput, context: DecisionContext): Decision {
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

function step(payment: Payment, trigger: PaymentTrigger, facts: Facts, context: DecisionContext): Decision {
  const entry = entryFor(payment, trigger);
  if (entry === undefined) throw new PaymentTransitionRefused(payment.orderId, payment.stage, trigger);
  if (entry.kind === 'ignore') return { payment, announcements: [] };
  if (entry.kind === 'remember') {
    return { payment: payment.heard ? payment : { ...payment, heard: true }, announcements: [] };
  }
  const isUntouched = payment.operation?.sentAt === null;
  const stage = isUntouched ? (entry.untouched ?? entry.to) : entry.to;
  const moved = enter({ ...payment, ...facts }, stage, context.now);
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

/** What was read is true of the moment it was read in: a late answer, or one that was overtaken, is dropped and read anew. */
function inspected(payment: Payment, input: GatewayInput, money: MoneyAtGateway, context: DecisionContext): Decision {
  const { operation } = payment;
  if (operation?.kind !== 'inspect' || !isAtIt(input, operation)) return { payment, announcements: [] };
  if (payment.heard) {
    const again: PendingOperation = {
      kind: 'inspect',
      dueAt: context.now,
      attempts: 0,
      uncertain: false,
      sentAt: null,
    };
    return { payment: { ...payment, heard: false, operation: again, updatedAt: context.now }, announcements: [] };
  }
  // Never beyond what the order is about, and never nothing: it was captured when this was asked.
  const collected = money.captured > 0 ? money.captured : payment.capturedAmount;
  const capturedAmount = minorUnitsOf(Math.min(collected, payment.amount));
  const refundedAmount = minorUnitsOf(Math.min(money.returned, capturedAmount));
  const { dispute, refundReference } = money;
  const facts = { capturedAmount, refundedAmount, dispute, refundReference };
  if (refundedAmount === capturedAmount) return step(payment, 'money_returned', facts, context);
  const { payment: next, announcements } = step(payment, 'money_stands', facts, context);
  const isNews =
    refundedAmount !== payment.refundedAmount ||
    capturedAmount !== payment.capturedAmount ||
    dispute !== payment.dispute;
  if (!isNews || announcements.length === 0) return { payment: next, announcements: [] };
  return { payment: { ...next, adjustments: next.adjustments + 1 }, announcements };
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

/** Something was sent and may still arrive: from here on it counts as sent just now. */
function answerLost(payment: Payment, input: GatewayInput, context: DecisionContext): Decision {
  const { now } = context;
  const { operation, stage } = payment;
  if (PAYMENT_LIFECYCLE[stage].outcome_unknown !== undefined) {
    const again: PendingOperation = { kind: 'authorize', dueAt: now, attempts: 0, uncertain: true, sentAt: now };
    return step(payment, 'outcome_unknown', { operation: again }, context);
  }
  if (isAtIt(input, operation)) return postpone(payment, input, context);
  if (operation === null || !isUnwanted(stage)) return { payment, announcements: [] };
  return { payment: { ...payment, operation: { ...operation, sentAt: now } }, announcements: [] };
}

/** Tries again later, unless somebody else has the operation by now. */
function postpone(payment: Payment, input: GatewayInput, context: DecisionContext): Decision {
  const { operation } = payment;
  const { now, policy, jitter } = context;
  if (operation === null || !isAtIt(input, operation)) return { payment, announcements: [] };
  const attempts = operation.attempts + 1;
  const isLost = input.outcome.kind === 'outcome_unknown';
  const postponed: PendingOperation = {
    ...operation,
    attempts,
    uncertain: operation.uncertain || isLost,
    sentAt: isLost ? now : operation.sentAt,
    dueAt: nextAttemptAt(policy, attempts, now, jitter),
  };
  return { payment: { ...payment, operation: postponed, updatedAt: now }, announcements: [] };
}

/** Nothing was tried, so nothing is counted. Who is due is not taken up before the gateway is worth a try: it may be soon. */
function wait(payment: Payment, input: GatewayInput, { now, jitter, policy }: DecisionContext): Decision {
  const { operation } = payment;
  if (operation === null || !isAtIt(input, operation)) return { payment, announcements: [] };
  const dueAt = new Date(now.getTime() + Math.ceil(policy.baseMs * (1 + jitter)));
  return { payment: { ...payment, operation: { ...operation, dueAt } }, announcements: [] };
}

/** Whether the call was made under the lease that holds now. */
function isAtIt({ lease }: GatewayInput, operation: PendingOperation | null): boolean {
  return operation?.dueAt.getTime() === lease.getTime();
}

function isQuiet({ operation }: Payment, { now, policy }: DecisionContext): boolean {
  if (operation === null || operation.sentAt === null) return true;
  return now.getTime() - operation.sentAt.getTime() >= policy.quietMs;
}

/** An order says the same of itself in all of its events; what one of them leaves out another fills in. */
function factsFrom(payment: Payment, input: OrderInput): Facts {
  return {
    paymentMethod: payment.paymentMethod ?? input.paymentMethod ?? null,
    items: payment.items.length > 0 ? payment.items : (input.items ?? []),
    cause: input.cause,
  };
}

function factsOf(answer: Exclude<GatewayAnswer, { kind: 'inspected' }>): Facts {
  switch (answer.kind) {
    case 'authorized':
      return { gatewayReference: answer.reference };
    case 'declined':
      return { failureReason: answer.reason };
    case 'capture_refused':
      return { failureReason: 'capture_failed' satisfies PaymentFailureReason };
    case 'refunded':
      return { refundReference: answer.reference };
    case 'captured':
    case 'already_captured':
      return answer.amount === undefined ? {} : { capturedAmount: answer.amount };
    case 'voided':
      return {};
  }
}
