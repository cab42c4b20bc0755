import { minorUnitsOf, type MinorUnits } from '@app/events';
import type { GatewayAnswer, GatewayOperation, MoneyAtGateway, OpenOutcome } from '../domain/gateway-outcome';

/**
 * Payment methods with a fate of their own, in the manner of a gateway's test cards; every other one is approved.
 * - `test_timeout`: every authorisation hangs until the caller gives up, and nothing is ever held.
 * - `test_error_after_charge`: the hold is placed, then the answer is lost; asking later finds it.
 * - `test_capture_fails`: the hold is placed, but cannot be collected.
 */
export const TEST_METHODS = {
  declined: 'test_declined',
  insufficientFunds: 'test_insufficient_funds',
  timeout: 'test_timeout',
  errorAfterCharge: 'test_error_after_charge',
  captureFails: 'test_capture_fails',
} as const;

/** What is written into the books. */
export const LEDGER_OUTCOMES = [
  'authorized',
  'declined',
  'insufficient_funds',
  'captured',
  'capture_refused',
  'voided',
  'refunded',
] as const;
export type LedgerOutcome = (typeof LEDGER_OUTCOMES)[number];

/** What moves money, and so is written into the books. */
export const LEDGER_OPERATIONS = ['authorize', 'capture', 'void', 'refund'] as const satisfies GatewayOperation[];

/** A line of the books: what was answered under a key. */
export interface LedgerEntry {
  readonly idempotencyKey: string;
  readonly operation: (typeof LEDGER_OPERATIONS)[number];
  /** Names the hold, and everything done to it. */
  readonly reference: string;
  readonly outcome: LedgerOutcome;
  readonly amount: MinorUnits;
  readonly currency: string;
  readonly paymentMethod: string | null;
}

/** The outcome of an authorisation depends on nothing but the method. */
export function authorizationOutcome(paymentMethod: string): LedgerOutcome {
  if (paymentMethod === TEST_METHODS.declined) return 'declined';
  return paymentMethod === TEST_METHODS.insufficientFunds ? 'insufficient_funds' : 'authorized';
}

/** What is done to a hold, as asked for. */
export interface FollowUp {
  readonly operation: Exclude<GatewayOperation, 'authorize' | 'inspect'>;
  readonly idempotencyKey: string;
  readonly reference: string;
  /** The whole of it; a refund gives back what is left, unless an operator asks for so much. */
  readonly amount: MinorUnits;
  readonly currency: string;
  readonly byOperator?: true;
}

/** `write`: a new line for the books. `answer`: what is answered without one. */
export type Ruling =
  | { readonly kind: 'write'; readonly entry: LedgerEntry }
  | { readonly kind: 'answer'; readonly answer: GatewayAnswer | OpenOutcome };

/** Judges what is asked of a hold by everything in the books about it. */
export function judge(request: FollowUp, history: readonly LedgerEntry[]): Ruling {
  const replayed = history.find(({ idempotencyKey }) => idempotencyKey === request.idempotencyKey);
  if (replayed !== undefined) return answer(answerOf(replayed));
  const done = new Set(history.map(({ outcome }) => outcome));
  const hold = history.find(({ outcome }) => outcome === 'authorized');
  switch (request.operation) {
    case 'capture':
      return judgeCapture(request, hold, done);
    case 'void':
      if (done.has('captured')) return answer({ kind: 'already_captured' });
      if (done.has('voided')) return answer({ kind: 'voided' });
      return hold === undefined ? answer({ kind: 'refused' }) : write(request, hold, 'voided');
    case 'refund':
      return judgeRefund(request, hold, history);
  }
}

/** Refunds are sums: what somebody has given back by hand is taken into account. */
function judgeRefund(request: FollowUp, hold: LedgerEntry | undefined, history: readonly LedgerEntry[]): Ruling {
  const { captured, returned, refundReference } = moneyIn(history);
  const left = minorUnitsOf(captured - returned);
  if (hold === undefined || captured === 0 || request.currency !== hold.currency) return answer({ kind: 'refused' });
  if (request.byOperator !== true) {
    if (request.amount !== captured) return answer({ kind: 'refused' });
    if (left === 0) return answer({ kind: 'refunded', reference: refundReference ?? '' });
    return write({ ...request, amount: left }, hold, 'refunded');
  }
  return request.amount > 0 && request.amount <= left ? write(request, hold, 'refunded') : answer({ kind: 'refused' });
}

/** How the money of one hold stands, by everything in the books about it. */
export function moneyIn(history: readonly LedgerEntry[]): MoneyAtGateway {
  const sum = (outcome: LedgerOutcome) =>
    minorUnitsOf(history.reduce((total, entry) => total + (entry.outcome === outcome ? entry.amount : 0), 0));
  const refunds = history.filter(({ outcome }) => outcome === 'refunded').map(({ idempotencyKey }) => idempotencyKey);
  return {
    captured: sum('captured'),
    returned: sum('refunded'),
    dispute: null,
    refundReference: refunds.toSorted().at(-1) ?? null,
  };
}

function judgeCapture(request: FollowUp, hold: LedgerEntry | undefined, done: ReadonlySet<LedgerOutcome>): Ruling {
  if (!isWhole(request, hold)) return answer({ kind: 'capture_refused' });
  const isOver = done.has('captured') || done.has('voided');
  return write(
    request,
    hold,
    isOver || hold.paymentMethod === TEST_METHODS.captureFails ? 'capture_refused' : 'captured',
  );
}

function isWhole(request: FollowUp, hold: LedgerEntry | undefined): hold is LedgerEntry {
  return hold?.amount === request.amount && hold.currency === request.currency;
}

function write(request: FollowUp, { paymentMethod }: LedgerEntry, outcome: LedgerOutcome): Ruling {
  const { byOperator: _byOperator, ...line } = request;
  return { kind: 'write', entry: { ...line, outcome, paymentMethod } };
}

function answer(given: GatewayAnswer | OpenOutcome): Ruling {
  return { kind: 'answer', answer: given };
}

/** A line of the books as an answer. */
export function answerOf(entry: LedgerEntry): GatewayAnswer {
  switch (entry.outcome) {
    case 'authorized':
      return { kind: 'authorized', reference: entry.reference };
    case 'declined':
    case 'insufficient_funds':
      return { kind: 'declined', reason: entry.outcome };
    case 'refunded':
      return { kind: 'refunded', reference: entry.idempotencyKey };
    case 'captured':
    case 'capture_refused':
    case 'voided':
      return { kind: entry.outcome };
  }
}
