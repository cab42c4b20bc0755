import { checkStateMachine, type StateMachine, type Transition } from '@app/lifecycle';
import type { LifecycleEntry, PaymentLifecycle, AnnouncementKind } from './lifecycle-entry';
import { BEGINNINGS } from './payment-lifecycle';
import { PAYMENT_STAGES, STAGES, type PaymentStage } from './payment-stage';

/** Stages in which a payment may rest forever. */
export const FINAL_STAGES: readonly PaymentStage[] = ['captured', 'refunded', 'voided', 'failed', 'cancelled'];

/** The event by which each step is announced. */
const EVENT_OF: Readonly<Record<AnnouncementKind, string>> = {
  payment_successful: 'payment_successful',
  payment_failed: 'payment_failed',
  payment_captured: 'payment_captured',
  hold_voided: 'payment_refunded',
  capture_refunded: 'payment_refunded',
  capture_reversed: 'payment_refunded',
  payment_adjusted: 'payment_adjusted',
};

/** The table as a graph, for its check at the start and for its diagram. */
export function paymentStateMachine(lifecycle: PaymentLifecycle): StateMachine<PaymentStage> {
  const transitions = PAYMENT_STAGES.flatMap((from) =>
    Object.entries(lifecycle[from]).flatMap(([trigger, entry]) => transitionsOf(from, trigger, entry)),
  );
  return { name: 'payment', states: PAYMENT_STAGES, beginnings: BEGINNINGS, finalStates: FINAL_STAGES, transitions };
}

/**
 * Checks the table: what {@link checkStateMachine} checks of every lifecycle, and that no stage waits for an operation that no
 * answer ends. Runs when the service starts. @throws Error that names what is wrong
 */
export function checkPaymentLifecycle(lifecycle: PaymentLifecycle): void {
  checkStateMachine(paymentStateMachine(lifecycle));
  const endless = PAYMENT_STAGES.filter(
    (stage) => STAGES[stage].operation !== undefined && !isEndedByAnswer(lifecycle, stage),
  );
  if (endless.length > 0) throw new Error(`the payment lifecycle is wrong: no answer ends ${endless.join(', ')}`);
}

function isEndedByAnswer(lifecycle: PaymentLifecycle, stage: PaymentStage): boolean {
  return Object.entries(lifecycle[stage]).some(
    ([trigger, entry]) => !trigger.startsWith('order_') && entry.kind === 'move',
  );
}

function transitionsOf(from: PaymentStage, trigger: string, entry: LifecycleEntry): Transition<PaymentStage>[] {
  if (entry.kind !== 'move') return [];
  const { to, announces, untouched } = entry;
  const step = { from, to, trigger, ...(announces === undefined ? {} : { announces: EVENT_OF[announces] }) };
  return untouched === undefined ? [step] : [step, { from, to: untouched, trigger: `${trigger} (not yet sent)` }];
}
