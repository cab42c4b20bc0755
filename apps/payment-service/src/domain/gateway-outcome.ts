import type { DisputeState, MinorUnits, PaymentFailureReason } from '@app/events';

/**
 * What can be asked of a payment gateway about one order. The first four move money, each at most once, under its own idempotency
 * key; `inspect` reads how the money of a captured payment stands by now.
 */
export const GATEWAY_OPERATIONS = ['authorize', 'capture', 'void', 'refund', 'inspect'] as const;
export type GatewayOperation = (typeof GATEWAY_OPERATIONS)[number];

export type DeclineReason = Extract<PaymentFailureReason, 'declined' | 'insufficient_funds'>;

/** The gateway's word. A refusal is an answer, not an error. */
export type GatewayAnswer =
  | { readonly kind: 'authorized'; readonly reference: string }
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** `amount`: what was collected, when somebody else collected less than the whole. */
  | { readonly kind: 'captured'; readonly amount?: MinorUnits }
  /** The hold cannot be collected, now or later. */
  | { readonly kind: 'capture_refused' }
  | { readonly kind: 'voided' }
  /** A void came too late: the money has been collected. */
  | { readonly kind: 'already_captured'; readonly amount?: MinorUnits }
  /** All that was collected has been given back, by whomever. */
  | { readonly kind: 'refunded'; readonly reference: string }
  | ({ readonly kind: 'inspected' } & MoneyAtGateway);

/** How the money of a captured payment stands at the gateway. */
export interface MoneyAtGateway {
  readonly captured: MinorUnits;
  /** The sum of all refunds that did not fail and of all disputes that were lost. */
  readonly returned: MinorUnits;
  readonly dispute: DisputeState | null;
  /** The gateway's name for the last refund. */
  readonly refundReference: string | null;
}

/** How a call ended without the gateway's word on the money. */
export type OpenOutcome =
  /** The gateway is known not to work, so nobody tried: not an attempt. */
  | { readonly kind: 'not_asked' }
  /** The gateway may or may not have done it. */
  | { readonly kind: 'outcome_unknown' }
  /** It has certainly not been done: the gateway could not be reached. */
  | { readonly kind: 'unavailable' }
  /** The gateway knows nothing under this idempotency key, and the operation is no longer wanted. */
  | { readonly kind: 'nothing_found' }
  /** The gateway will not void or refund. The money is still not where it belongs: a person has to look. */
  | { readonly kind: 'refused' };

export type GatewayOutcome = GatewayAnswer | OpenOutcome;

/** The idempotency key of an operation: `<order id>:<operation>`, the same for every attempt and every replica. */
export function idempotencyKeyOf(orderId: string, operation: GatewayOperation): string {
  return `${orderId}:${operation}`;
}
