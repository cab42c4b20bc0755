import type { GatewayAnswer } from './gateway-outcome';
import { PAYMENT_STAGES, STAGES, type PaymentStage } from './payment-stage';

export type OrderNews = 'order_created' | 'order_confirmed' | 'order_cancelled';
/** Everything that can move a payment. `outcome_unknown`: a call was sent, and its answer is lost. */
export type PaymentTrigger = OrderNews | GatewayAnswer['kind'] | 'nothing_found' | 'outcome_unknown';

export const PAYMENT_TRIGGERS = [
  'order_created',
  'order_confirmed',
  'order_cancelled',
  'authorized',
  'declined',
  'captured',
  'capture_refused',
  'voided',
  'already_captured',
  'refunded',
  'nothing_found',
  'outcome_unknown',
] as const satisfies readonly PaymentTrigger[];

/** What is announced about a step. The last two are both `payment_refunded`, with the method in their name. */
export type PaymentNews = 'payment_successful' | 'payment_failed' | 'hold_voided' | 'capture_refunded';

export type LifecycleEntry =
  | {
      readonly kind: 'move';
      readonly to: PaymentStage;
      readonly announces?: PaymentNews;
      /** Where to instead, as long as no worker was ever handed the operation that is due. */
      readonly untouched?: PaymentStage;
    }
  /** Nothing changes: old news, or news that came too late. */
  | { readonly kind: 'ignore'; readonly why: string };

export type PaymentLifecycle = Readonly<
  Record<PaymentStage, Readonly<Partial<Record<PaymentTrigger, LifecycleEntry>>>>
>;

const move = (to: PaymentStage, announces?: PaymentNews): LifecycleEntry =>
  announces === undefined ? { kind: 'move', to } : { kind: 'move', to, announces };
const moveOr = (to: PaymentStage, untouched: PaymentStage): LifecycleEntry => ({ kind: 'move', to, untouched });
const ignore = (why: string): LifecycleEntry => ({ kind: 'ignore', why });

const known = ignore('it is known already');
const cancelWins = ignore('the order was cancelled');
const replayed = ignore('two workers asked; the gateway gave both the same answer');
const tooLate = ignore('another worker was faster');
const collecting = { order_created: known, order_confirmed: known, authorized: replayed };
const unwanted = { order_created: cancelWins, order_confirmed: cancelWins, order_cancelled: known };

/** The first stage, by the news that came first. */
export const BEGINNINGS: Readonly<Record<OrderNews, PaymentStage>> = {
  order_created: 'authorizing',
  order_confirmed: 'expected',
  order_cancelled: 'cancelled',
};

/**
 * The life of a payment. A combination that is not listed is impossible as long as the gateway keeps its word, and is
 * refused; only `outcome_unknown`, where it is not listed, leaves the stage as it is and the operation due. The news of an order may come in any order and more than once; a cancellation always wins. The money of a
 * cancelled order goes back (`hold_voided`, `capture_refunded`), and that is announced only once the cancellation is
 * known here: nobody hears of a refund before the order is cancelled.
 */
export const PAYMENT_LIFECYCLE: PaymentLifecycle = {
  expected: {
    order_created: move('authorizing_confirmed'),
    order_confirmed: known,
    order_cancelled: move('cancelled'),
  },
  authorizing: {
    order_created: known,
    order_confirmed: move('authorizing_confirmed'),
    order_cancelled: moveOr('authorizing_unwanted', 'cancelled'),
    authorized: move('authorized', 'payment_successful'),
    declined: move('failed', 'payment_failed'),
  },
  authorizing_confirmed: {
    order_created: known,
    order_confirmed: known,
    order_cancelled: moveOr('authorizing_unwanted', 'cancelled'),
    authorized: move('capturing', 'payment_successful'),
    declined: move('failed', 'payment_failed'),
  },
  authorizing_unwanted: {
    ...unwanted,
    authorized: move('voiding'),
    declined: move('failed'),
    nothing_found: move('cancelled'),
  },
  authorized: {
    order_created: known,
    order_confirmed: move('capturing'),
    order_cancelled: move('voiding'),
    authorized: replayed,
  },
  capturing: {
    ...collecting,
    order_cancelled: moveOr('capturing_unwanted', 'voiding'),
    captured: move('captured'),
    capture_refused: move('releasing', 'payment_failed'),
  },
  capturing_unwanted: {
    ...unwanted,
    authorized: replayed,
    captured: move('refunding'),
    capture_refused: move('voiding'),
    nothing_found: move('voiding'),
  },
  captured: { ...collecting, order_cancelled: move('refunding'), captured: replayed },
  refunding: {
    ...unwanted,
    authorized: replayed,
    captured: replayed,
    already_captured: replayed,
    nothing_found: tooLate,
    refunded: move('refunded', 'capture_refunded'),
  },
  refunded: {
    ...unwanted,
    authorized: replayed,
    captured: replayed,
    already_captured: replayed,
    nothing_found: tooLate,
    refunded: replayed,
  },
  voiding: {
    ...unwanted,
    authorized: replayed,
    // A capture that was thought lost has arrived after all.
    captured: move('refunding'),
    capture_refused: replayed,
    nothing_found: tooLate,
    voided: move('voided', 'hold_voided'),
    already_captured: move('refunding'),
  },
  voided: {
    ...unwanted,
    authorized: replayed,
    capture_refused: replayed,
    nothing_found: tooLate,
    voided: replayed,
  },
  releasing: {
    ...collecting,
    order_cancelled: move('releasing_unwanted'),
    capture_refused: replayed,
    voided: move('released'),
  },
  releasing_unwanted: {
    ...unwanted,
    authorized: replayed,
    capture_refused: replayed,
    voided: move('failed', 'hold_voided'),
  },
  released: {
    ...collecting,
    order_cancelled: move('failed', 'hold_voided'),
    capture_refused: replayed,
    voided: replayed,
  },
  failed: {
    order_created: known,
    order_confirmed: ignore('there is no money to collect'),
    order_cancelled: ignore('there is no money to give back'),
    authorized: replayed,
    declined: replayed,
    capture_refused: replayed,
    voided: replayed,
    nothing_found: tooLate,
  },
  cancelled: {
    ...unwanted,
    // A call that was thought lost has arrived after all: nothing may stay held.
    authorized: move('voiding'),
    declined: ignore('nothing was held'),
    nothing_found: tooLate,
    // A worker that had been frozen sent it long after nothing was found: the gateway has to be asked again.
    outcome_unknown: move('authorizing_unwanted'),
  },
};

/**
 * Checks the table itself: every stage can be reached, and no stage waits for an operation that no answer ends. Run when the service starts. @throws Error naming everything that is wrong.
 */
export function checkPaymentLifecycle(lifecycle: PaymentLifecycle): void {
  const problems: string[] = [];
  const reached = new Set<PaymentStage>(Object.values(BEGINNINGS));
  for (const stage of reached) targetsOf(lifecycle, stage).forEach((target) => reached.add(target));
  for (const stage of PAYMENT_STAGES) {
    if (!reached.has(stage)) problems.push(`${stage} can not be reached`);
    const answers = Object.entries(lifecycle[stage]).filter(
      ([trigger, entry]) => !trigger.startsWith('order_') && entry.kind === 'move',
    );
    if (STAGES[stage].operation !== undefined && answers.length === 0) problems.push(`no answer ends ${stage}`);
  }
  if (problems.length > 0) throw new Error(`the payment lifecycle is wrong: ${problems.join('; ')}`);
}

function targetsOf(lifecycle: PaymentLifecycle, stage: PaymentStage): PaymentStage[] {
  return Object.values(lifecycle[stage]).flatMap((entry) =>
    entry.kind === 'ignore' ? [] : entry.untouched === undefined ? [entry.to] : [entry.to, entry.untouched],
  );
}
