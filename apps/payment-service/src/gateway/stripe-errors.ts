import Stripe from 'stripe';
import type { DeclineReason } from '../domain/gateway-outcome';
import { GatewayUnavailable, KeyInUse, OutcomeUnknown } from './payment-gateway';

type StripeFailure = InstanceType<typeof Stripe.errors.StripeError>;

/** Nobody was there to take the request. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** A 400 that every request of this account gets until somebody mends its configuration. */
const ABOUT_THE_ACCOUNT =
  /^(account_|api_key_|platform_|secret_key_|testmode_charges_only|livemode_mismatch|country_unsupported|tls_version)/;

/** What an error says about the operation that was asked for. */
export type StripeVerdict =
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** Stripe has read this request and will not do it; it has done nothing, and is well. */
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
    // Refused before anything was done, and not stored under the key.
    case 'StripeRateLimitError':
      return { kind: 'failed', error: unavailable(error), isOurFault: false };
    case 'StripeConnectionError':
      return NOT_REACHED.has(causeOf(error))
        ? { kind: 'failed', error: unavailable(error), isOurFault: false }
        : unknown(error);
    // The key was used with other parameters: something was done under it.
    case 'StripeIdempotencyError':
      return inUse(error, error.code !== 'idempotency_key_in_use');
    default:
      return answered(error);
  }
}

/** `insufficient_funds` is told to the customer; everything else is only "declined", as Stripe recommends. */
export function declineReason(code: string | undefined): DeclineReason {
  return code === 'insufficient_funds' ? 'insufficient_funds' : 'declined';
}

/** A 5xx that Stripe has stored under the key and will repeat for a day, or a key that was used with other parameters. */
export function isUsedKey(error: unknown): boolean {
  if (!isStripeFailure(error)) return false;
  if (error.type === 'StripeIdempotencyError') return error.code !== 'idempotency_key_in_use';
  return (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true';
}

/** Only Stripe's names for the trouble and the field: its text may repeat what we sent, or half of a key. */
export function nameOf(error: unknown): string {
  if (!isStripeFailure(error)) return error instanceof Error ? error.name : 'unknown error';
  const { type, statusCode, code, decline_code: declineCode, param } = error;
  return [type, statusCode, code, declineCode, param].filter((part) => part !== undefined).join(' ');
}

/** By its status: a 4xx is about the request, except for those that are about a key in use, or about somebody else's failure. */
function answered(error: StripeFailure): StripeVerdict {
  const status = error.statusCode ?? 0;
  if (status === 409 || error.code === 'idempotency_key_in_use') return inUse(error, false);
  if (status < 400 || status >= 500 || status === 408 || status === 424) return unknown(error);
  if (ABOUT_THE_ACCOUNT.test(error.code ?? '')) {
    return { kind: 'failed', error: unavailable(error), isOurFault: true };
  }
  return { kind: 'refused' };
}

function inUse(error: StripeFailure, isOurFault: boolean): StripeVerdict {
  return { kind: 'failed', error: new KeyInUse(`Stripe: ${nameOf(error)}`, { cause: error }), isOurFault };
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
