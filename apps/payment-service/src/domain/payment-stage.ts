import type { GatewayOperation } from './gateway-outcome';

/** What the outside sees of a payment. */
export const PAYMENT_STATUSES = [
  'pending',
  'authorized',
  'captured',
  'failed',
  'unknown',
  'voided',
  'refunded',
  'cancelled',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Nothing more is expected of a payment with one of these. */
export const FINAL_PAYMENT_STATUSES = ['captured', 'failed', 'voided', 'refunded', 'cancelled'] as const;
export type FinalPaymentStatus = (typeof FINAL_PAYMENT_STATUSES)[number];

export function isFinalStatus(status: PaymentStatus): status is FinalPaymentStatus {
  return (FINAL_PAYMENT_STATUSES as readonly string[]).includes(status);
}

/** Where a payment stands: what is known of the money, what the order wants, and which operation is due. */
export const PAYMENT_STAGES = [
  'expected',
  'authorizing',
  'authorizing_confirmed',
  'authorizing_unwanted',
  'authorized',
  'capturing',
  'capturing_unwanted',
  'captured',
  'inspecting',
  'reversed',
  'refunding',
  'refunded',
  'checking_refund',
  'repeating_refund',
  'voiding',
  'voided',
  'releasing',
  'releasing_unwanted',
  'released',
  'failed',
  'cancelled',
] as const;
export type PaymentStage = (typeof PAYMENT_STAGES)[number];

/** A stage from the outside. `status` is shown while nothing about the money is in doubt. */
export interface StageProperties {
  readonly status: Exclude<PaymentStatus, 'unknown'>;
  /** Due at the gateway in this stage. */
  readonly operation?: GatewayOperation;
}

export const STAGES: Readonly<Record<PaymentStage, StageProperties>> = {
  /** The confirmation overtook the order itself. */
  expected: { status: 'pending' },
  authorizing: { status: 'pending', operation: 'authorize' },
  authorizing_confirmed: { status: 'pending', operation: 'authorize' },
  /** The order was cancelled while the answer was open. */
  authorizing_unwanted: { status: 'pending', operation: 'authorize' },
  authorized: { status: 'authorized' },
  capturing: { status: 'authorized', operation: 'capture' },
  capturing_unwanted: { status: 'authorized', operation: 'capture' },
  captured: { status: 'captured' },
  /** The gateway says that somebody changed the money there; how it stands now is being read. */
  inspecting: { status: 'captured', operation: 'inspect' },
  /** Somebody gave all of it back at the gateway; the cancellation that follows has not arrived yet. */
  reversed: { status: 'refunded' },
  refunding: { status: 'captured', operation: 'refund' },
  refunded: { status: 'refunded' },
  /** The gateway says that a refund has changed: it may have failed after it was accepted. */
  checking_refund: { status: 'refunded', operation: 'inspect' },
  /** It did fail, so that the money is still ours. */
  repeating_refund: { status: 'captured', operation: 'refund' },
  voiding: { status: 'authorized', operation: 'void' },
  voided: { status: 'voided' },
  /** The capture was refused; the hold is being released. */
  releasing: { status: 'failed', operation: 'void' },
  /** The same, and the cancellation that follows has arrived. */
  releasing_unwanted: { status: 'failed', operation: 'void' },
  /** The capture was refused and the hold is gone; the cancellation has not arrived yet. */
  released: { status: 'failed' },
  failed: { status: 'failed' },
  /** Nothing was ever held. */
  cancelled: { status: 'cancelled' },
};

/** Whether the order was cancelled while the answer to the operation was open: it may be looked up, never sent again. */
export function isUnwanted(stage: PaymentStage): boolean {
  return stage === 'authorizing_unwanted' || stage === 'capturing_unwanted';
}
