/** What Stripe refuses, with the status and the error object it answers. */
export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(String(details['code']));
  }
}

export interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled';
  readonly amount: number;
  readonly currency: string;
  amount_received: number;
  readonly latest_charge: string;
  readonly capture_method: string;
  readonly transfer_group: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly paymentMethod: string;
}

export interface Charge {
  readonly id: string;
  readonly object: 'charge';
  readonly payment_intent: string;
  readonly transfer_group: string;
  readonly status: 'succeeded' | 'failed';
  readonly amount: number;
  disputed: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly outcome: { readonly reason: string | null };
}

export interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly payment_intent: string;
  readonly amount: number;
  readonly metadata: Readonly<Record<string, string>>;
  status: 'succeeded' | 'pending' | 'failed' | 'canceled';
}

export interface Dispute {
  readonly id: string;
  readonly object: 'dispute';
  readonly payment_intent: string;
  readonly amount: number;
  status: 'needs_response' | 'won' | 'lost';
}

export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly type: string;
  readonly created: number;
  readonly data: { readonly object: object };
}

export function unexpectedState(intent: Intent): StripeRefusal {
  return new StripeRefusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    payment_intent: intent,
    message: `This PaymentIntent could not be changed because it has a status of ${intent.status}.`,
  });
}

/** What Stripe refuses before it asks any card. */
export function refuseToCreate(amount: number, paymentMethod: string): void {
  const refuse = (details: object): never => {
    throw new StripeRefusal(400, { type: 'invalid_request_error', ...details });
  };
  if (amount === 0) refuse({ code: 'parameter_invalid_integer', param: 'amount' });
  if (amount < 50) refuse({ code: 'amount_too_small', param: 'amount' });
  if (paymentMethod === 'pm_card_usedBefore') refuse({ param: 'payment_method', message: 'previously used' });
  if (paymentMethod === 'pm_card_parameterUnknown') refuse({ code: 'parameter_unknown', param: 'confirm' });
  if (paymentMethod === 'pm_card_accountInvalid') refuse({ code: 'account_invalid' });
}

/** A page of what there is, the newest first. */
export function list(all: readonly { readonly id: string }[], query?: URLSearchParams) {
  const newest = all.toReversed();
  const after = query?.get('starting_after');
  const start = after === null || after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  const end = start + Number(query?.get('limit') ?? 10);
  return { object: 'list', url: '/', has_more: end < newest.length, data: newest.slice(start, end) };
}
