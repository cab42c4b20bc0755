import Stripe from 'stripe';
import type { DeclineReason } from '../domain/gateway-outcome';
import { GatewayUnavailable, OutcomeUnknown } from './payment-gateway';

type StripeFailure = InstanceType<typeof Stripe.errors.StripeError>;

/** Nobody was there to take the request. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The request will be refused for ever: this card, or this amount, will not do. */
const UNPAYABLE = new Set([
  'amount_too_small',
  'amount_too_large',
  'payment_method_not_available',
  'currency_not_supported',
]);

/** What an error says about the operation that was asked for. */
export type StripeVerdict =
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** Refused for what it is: how the payment stands has to be looked at. */
  | { readonly kind: 'refused' }
  /** `isOurFault`: somebody has to mend the configuration; no payment is lost by it. */
  | { readonly kind: 'failed'; readonly error: GatewayUnavailable | OutcomeUnknown; readonly isOurFault: boolean };

/** Sorts everything the SDK throws, after https://docs.stripe.com/error-handling. */
export function verdictOf(error: unknown): StripeVerdict {
  if (!isStripeFailure(error)) return unknown(error);
  switch (error.type) {
    case 'StripeCardError':
      return { kind: 'declined', reason: declineReason(error.decline_code ?? error.code) };
    case 'StripeAuthenticationError':
    case 'StripePermissionError':
      return { kind: 'failed', error: unavailable(error), isOurFault: true };
    case 'StripeConnectionError':
      return NOT_REACHED.has(causeOf(error))
        ? { kind: 'failed', error: unavailable(error), isOurFault: false }
        : unknown(error);
    case 'StripeInvalidRequestError':
      return invalidRequest(error);
    // The same key with other parameters, or at the same time: something is, or was, done under it.
    case 'StripeIdempotencyError':
      return { ...unknown(error), isOurFault: error.code !== 'idempotency_key_in_use' };
    default:
      return unknown(error);
  }
}

/** `insufficient_funds` is told to the customer; everything else is only "declined", as Stripe recommends. */
export function declineReason(code: string | undefined): DeclineReason {
  return code === 'insufficient_funds' ? 'insufficient_funds' : 'declined';
}

/** A 5xx that Stripe has stored under the key and will repeat for a day. */
export function isStoredFailure(error: unknown): boolean {
  return isStripeFailure(error) && (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true';
}

/** Only Stripe's name for the trouble: its text may repeat what we sent, or half of a key. */
export function nameOf(error: unknown): string {
  if (!isStripeFailure(error)) return error instanceof Error ? error.name : 'unknown error';
  return [error.type, error.statusCode, error.code].filter((part) => part !== undefined).join(' ');
}

function invalidRequest(error: StripeFailure): StripeVerdict {
  if (error.code === 'idempotency_key_in_use' || error.statusCode === 409) return unknown(error);
  const isTheCard = error.code === 'resource_missing' && error.param === 'payment_method';
  if (isTheCard || UNPAYABLE.has(error.code ?? '')) return { kind: 'declined', reason: 'declined' };
  return { kind: 'refused' };
}

function unknown(error: unknown) {
  const thrown = new OutcomeUnknown(`Stripe: ${nameOf(error)}`, { cause: error });
  return { kind: 'failed', error: thrown, isOurFault: false } as const;
}

function unavailable(error: StripeFailure): GatewayUnavailable {
  return new GatewayUnavailable(`Stripe: ${nameOf(error)}`, { cause: error });
}

function isStripeFailure(error: unknown): error is StripeFailure {
  return error instanceof Stripe.errors.StripeError;
}

function causeOf({ detail }: StripeFailure): string {
  const cause: unknown = detail;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}
