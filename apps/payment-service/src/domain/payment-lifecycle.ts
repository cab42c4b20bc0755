import { ignore, move, moveOr, remember, type OrderTrigger, type PaymentLifecycle } from './lifecycle-entry';
import type { PaymentStage } from './payment-stage';

const known = ignore('it is known already');
const cancelWins = ignore('the order was cancelled');
const replayed = ignore('two workers asked; the gateway gave both the same answer');
const tooLate = ignore('another worker was faster');
const noMoney = ignore('none of it has been collected');
const counted = ignore('what was given back is counted when the rest is');
const nothingCaptured = { money_moved: noMoney, refund_changed: noMoney };
/** Somebody else at the gateway may have been faster than our own commit. */
const asLater = { money_moved: remember, refund_changed: remember };
const collecting = { order_created: known, order_confirmed: known, authorized: replayed };
const unwanted = {
  order_created: cancelWins,
  order_confirmed: cancelWins,
  order_cancelled: known,
  money_moved: counted,
  refund_changed: counted,
};

/** The first stage, by the event that came first. */
export const BEGINNINGS: Readonly<Record<OrderTrigger, PaymentStage>> = {
  order_created: 'authorizing',
  order_confirmed: 'expected',
  order_cancelled: 'cancelled',
};

/**
 * The life of a payment. A combination that is not listed is impossible as long as the gateway keeps its word, and is
 * refused; only `outcome_unknown`, where it is not listed, leaves the stage as it is and the operation due. The events of an order
 * may come in any order and more than once; a cancellation always wins. The money of a cancelled order goes back (`hold_voided`,
 * `capture_refunded`), and that is announced only once the cancellation is known here: nobody hears of a refund before the order is
 * cancelled, unless somebody else made it (`capture_reversed`). That money was collected (`payment_captured`) is announced whatever
 * has become of the order meanwhile.
 */
export const PAYMENT_LIFECYCLE: PaymentLifecycle = {
  expected: {
    order_created: move('authorizing_confirmed'),
    order_confirmed: known,
    order_cancelled: move('cancelled'),
    ...nothingCaptured,
  },
  authorizing: {
    ...asLater,
    order_created: known,
    order_confirmed: move('authorizing_confirmed'),
    order_cancelled: moveOr('authorizing_unwanted', 'cancelled'),
    authorized: move('authorized', 'payment_successful'),
    declined: move('failed', 'payment_failed'),
  },
  authorizing_confirmed: {
    ...asLater,
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
    ...asLater,
    order_created: known,
    order_confirmed: move('capturing'),
    order_cancelled: move('voiding'),
    authorized: replayed,
  },
  capturing: {
    ...collecting,
    ...asLater,
    order_cancelled: moveOr('capturing_unwanted', 'voiding'),
    captured: move('captured', 'payment_captured'),
    capture_refused: move('releasing', 'payment_failed'),
  },
  capturing_unwanted: {
    ...unwanted,
    authorized: replayed,
    captured: move('refunding', 'payment_captured'),
    capture_refused: move('voiding'),
    nothing_found: move('voiding'),
  },
  captured: {
    ...collecting,
    order_cancelled: move('refunding'),
    captured: replayed,
    money_moved: move('inspecting'),
    refund_changed: move('inspecting'),
  },
  inspecting: {
    ...collecting,
    ...asLater,
    order_cancelled: move('refunding'),
    captured: replayed,
    money_stands: move('captured', 'payment_adjusted'),
    money_returned: move('reversed', 'capture_reversed'),
  },
  reversed: {
    ...collecting,
    order_cancelled: move('refunded'),
    captured: replayed,
    money_moved: known,
    refund_changed: remember,
  },
  refunding: {
    ...unwanted,
    refund_changed: remember,
    authorized: replayed,
    captured: replayed,
    already_captured: replayed,
    nothing_found: tooLate,
    refunded: move('refunded', 'capture_refunded'),
  },
  refunded: {
    ...unwanted,
    refund_changed: move('checking_refund'),
    authorized: replayed,
    captured: replayed,
    already_captured: replayed,
    nothing_found: tooLate,
    refunded: replayed,
  },
  checking_refund: {
    ...unwanted,
    refund_changed: remember,
    authorized: replayed,
    captured: replayed,
    already_captured: replayed,
    nothing_found: tooLate,
    refunded: replayed,
    money_stands: move('repeating_refund'),
    money_returned: move('refunded'),
  },
  repeating_refund: {
    ...unwanted,
    refund_changed: remember,
    authorized: replayed,
    captured: replayed,
    already_captured: replayed,
    nothing_found: tooLate,
    refunded: move('refunded'),
  },
  voiding: {
    ...unwanted,
    authorized: replayed,
    // A capture that was thought lost has arrived after all.
    captured: move('refunding', 'payment_captured'),
    capture_refused: replayed,
    nothing_found: tooLate,
    voided: move('voided', 'hold_voided'),
    already_captured: move('refunding', 'payment_captured'),
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
    ...nothingCaptured,
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
    ...nothingCaptured,
    order_cancelled: move('failed', 'hold_voided'),
    capture_refused: replayed,
    voided: replayed,
  },
  failed: {
    ...nothingCaptured,
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
