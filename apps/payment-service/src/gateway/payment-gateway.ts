import type { MinorUnits } from '@app/events';
import type { GatewayTrigger } from '../domain/lifecycle-entry';
import type { GatewayAnswer, GatewayOperation, OpenOutcome } from '../domain/gateway-outcome';

/** A hold to be placed. */
export interface AuthorizationRequest {
  /** `<order id>:authorize`. The gateway does a thing once per key, however often it is asked. */
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly amount: MinorUnits;
  readonly currency: string;
  readonly paymentMethod: string;
}

/** Something to be done to a hold, always to the whole of it. */
export interface FollowUpRequest {
  /** `<order id>:<operation>`. */
  readonly idempotencyKey: string;
  /** The gateway's name for the hold, from its answer to the authorisation. */
  readonly reference: string;
  readonly amount: MinorUnits;
  readonly currency: string;
}

/** A question after what became of an operation. */
export interface LookupRequest {
  readonly idempotencyKey: string;
  readonly operation: GatewayOperation;
  readonly orderId: string;
  /** Of the hold; null for the authorisation itself. */
  readonly reference: string | null;
}

/** The gateway says that something happened; what did is for a look at the payment to tell. */
export interface PaymentHint {
  /** The gateway's name for this hint, however often it is told. */
  readonly eventId: string;
  readonly type: string;
  /** Absent when the gateway does not say, or when the hint is about a payment that is not ours. */
  readonly orderId: string | undefined;
  /** The gateway's name for the hold, when it says so. */
  readonly reference: string | undefined;
  /** Absent when it is no more than a reason to look up what is unknown. */
  readonly about: GatewayTrigger | undefined;
}

type Answer<Kind extends GatewayAnswer['kind']> = Extract<GatewayAnswer, { kind: Kind }>;
type Refused = Extract<OpenOutcome, { kind: 'refused' }>;

export type AuthorizationResult = Answer<'authorized' | 'declined'>;
export type CaptureResult = Answer<'captured' | 'capture_refused'>;
export type VoidResult = Answer<'voided' | 'already_captured'> | Refused;
export type RefundResult = Answer<'refunded'> | Refused;
export type Inspection = Answer<'inspected'>;

/**
 * Another company's service which moves money: it holds an amount, and later collects the hold, releases it, or gives
 * back what was collected. Refusals are results. Every method ends when the signal aborts and rejects with
 * {@link GatewayNotAsked}, {@link GatewayUnavailable}, {@link RequestRefused} or {@link OutcomeUnknown}; any other error counts as an
 * unknown outcome.
 */
export abstract class PaymentGateway {
  /** Lets go of connections; nothing is called afterwards. */
  async onApplicationShutdown(): Promise<void> {}

  /** How many of `wanted` calls it is worth to prepare at present: fewer while the gateway does not work. */
  capacity(wanted: number): number {
    return wanted;
  }

  /** Holds the amount without collecting it. */
  abstract authorize(request: AuthorizationRequest, signal: AbortSignal): Promise<AuthorizationResult>;
  /** Collects a hold. A refusal is final: a passing trouble of the gateway is an error. */
  abstract capture(request: FollowUpRequest, signal: AbortSignal): Promise<CaptureResult>;
  /** Releases a hold. A hold that is gone already, however that happened, is `voided`. */
  abstract void(request: FollowUpRequest, signal: AbortSignal): Promise<VoidResult>;
  /** Gives back what is left of what was collected: `refunded` means that all of it is back, by whomever. */
  abstract refund(request: FollowUpRequest, signal: AbortSignal): Promise<RefundResult>;
  /** What the gateway has answered, or would have, to this request; undefined when it has never heard of it. */
  abstract lookup(request: LookupRequest, signal: AbortSignal): Promise<GatewayAnswer | undefined>;
  /** How the money of what was collected stands now. */
  abstract inspect(request: FollowUpRequest, signal: AbortSignal): Promise<Inspection>;
  /** The order a hold was placed for; undefined when the gateway does not know it, or it was not placed by us. */
  abstract orderOf(reference: string, signal: AbortSignal): Promise<string | undefined>;
  /** What others did to money since then, oldest first: what a lost hint would have told. */
  abstract eventsSince(since: Date, signal: AbortSignal): Promise<readonly PaymentHint[]>;
}

/** Nobody tried: the gateway does not work at present, or is kept busy. It has done nothing, and no attempt was made. */
export class GatewayNotAsked extends Error {
  override readonly name = 'GatewayNotAsked';
}

/** The gateway was not reached, so it has certainly done nothing. */
export class GatewayUnavailable extends Error {
  override readonly name = 'GatewayUnavailable';
}

/** The gateway has read this request and will not do it as it stands. It has done nothing, and says nothing about other requests. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

/** The gateway may or may not have done what it was asked: no answer in time, a broken connection, a 5xx. */
export class OutcomeUnknown extends Error {
  override readonly name: string = 'OutcomeUnknown';
}

/** The same, but the gateway is well: it has said that another request under this key is, or was, at it. */
export class KeyInUse extends OutcomeUnknown {
  override readonly name = 'KeyInUse';
}

/** Whether an error tells that the gateway is not well, or does not let us in: what a circuit breaker counts. */
export function saysUnwell(error: unknown): boolean {
  return !(error instanceof RequestRefused || error instanceof KeyInUse);
}
