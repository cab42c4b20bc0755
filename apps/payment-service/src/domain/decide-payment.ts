import { minorUnitsOf, type PaymentFailureReason } from '@app/events';
import type { GatewayAnswer, MoneyAtGateway } from './gateway-outcome';
import { expectSameOrder } from './order-contradiction';
import type { Payment, PendingOperation } from './payment';
import type { GatewayInput, OrderInput, PaymentInput } from './payment-input';
import { PAYMENT_LIFECYCLE } from './payment-lifecycle';
import { isUnwanted } from './payment-stage';
import { begin, step, type Decision, type DecisionContext, type PaymentChanges } from './payment-step';
import { PaymentTransitionRefused } from './payment.errors';
import { nextAttemptAt } from './retry-policy';

/** One step of a payment's life. Pure. @throws PaymentTransitionRefused, OrderContradicted */
export function decidePayment(payment: Payment | undefined, input: PaymentInput, context: DecisionContext): Decision {
  switch (input.kind) {
    case 'order_created':
    case 'order_confirmed':
    case 'order_cancelled':
      if (payment === undefined) return begin(input, context);
      expectSameOrder(payment, input);
      return step(payment, input.kind, changesFrom(payment, input), context);
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
      return step(payment, outcome.kind, changesOf(outcome), context);
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

/** What was read is true of the moment it was read in: a late answer, or one that was overtaken, is dropped and read anew. */
function inspected(payment: Payment, input: GatewayInput, money: MoneyAtGateway, context: DecisionContext): Decision {
  const { operation } = payment;
  if (operation?.kind !== 'inspect' || !holdsLease(input, operation)) return { payment, announcements: [] };
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
  const changes = { capturedAmount, refundedAmount, dispute, refundReference };
  if (refundedAmount === capturedAmount) return step(payment, 'money_returned', changes, context);
  const { payment: next, announcements } = step(payment, 'money_stands', changes, context);
  const isNews =
    refundedAmount !== payment.refundedAmount ||
    capturedAmount !== payment.capturedAmount ||
    dispute !== payment.dispute;
  if (!isNews || announcements.length === 0) return { payment: next, announcements: [] };
  return { payment: { ...next, adjustments: next.adjustments + 1 }, announcements };
}

/** Something was sent and may still arrive: from here on it counts as sent just now. */
function answerLost(payment: Payment, input: GatewayInput, context: DecisionContext): Decision {
  const { now } = context;
  const { operation, stage } = payment;
  if (PAYMENT_LIFECYCLE[stage].outcome_unknown !== undefined) {
    const again: PendingOperation = { kind: 'authorize', dueAt: now, attempts: 0, uncertain: true, sentAt: now };
    return step(payment, 'outcome_unknown', { operation: again }, context);
  }
  if (holdsLease(input, operation)) return postpone(payment, input, context);
  if (operation === null || !isUnwanted(stage)) return { payment, announcements: [] };
  return { payment: { ...payment, operation: { ...operation, sentAt: now } }, announcements: [] };
}

/** Tries again later, unless somebody else has the operation by now. */
function postpone(payment: Payment, input: GatewayInput, context: DecisionContext): Decision {
  const { operation } = payment;
  const { now, policy, jitter } = context;
  if (operation === null || !holdsLease(input, operation)) return { payment, announcements: [] };
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

/** Nothing was sent, so no attempt is counted. Reschedule soon; nothing is claimed while the breaker is open. */
function wait(payment: Payment, input: GatewayInput, { now, jitter, policy }: DecisionContext): Decision {
  const { operation } = payment;
  if (operation === null || !holdsLease(input, operation)) return { payment, announcements: [] };
  const dueAt = new Date(now.getTime() + Math.ceil(policy.baseMs * (1 + jitter)));
  return { payment: { ...payment, operation: { ...operation, dueAt } }, announcements: [] };
}

/** Whether the call was made under the lease that holds now. */
function holdsLease({ lease }: GatewayInput, operation: PendingOperation | null): boolean {
  return operation?.dueAt.getTime() === lease.getTime();
}

function isQuiet({ operation }: Payment, { now, policy }: DecisionContext): boolean {
  if (operation === null || operation.sentAt === null) return true;
  return now.getTime() - operation.sentAt.getTime() >= policy.quietMs;
}

/** An order says the same of itself in all of its events; what one of them leaves out another fills in. */
function changesFrom(payment: Payment, input: OrderInput): PaymentChanges {
  return {
    paymentMethod: payment.paymentMethod ?? input.paymentMethod ?? null,
    items: payment.items.length > 0 ? payment.items : (input.items ?? []),
    cause: input.cause,
  };
}

function changesOf(answer: Exclude<GatewayAnswer, { kind: 'inspected' }>): PaymentChanges {
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
