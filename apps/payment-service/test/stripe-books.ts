/** What Stripe refuses, with the status and the error object it answers. */
export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(String(details['code']));
  }
}

interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled';
  readonly amount: number;
  readonly currency: string;
  amount_received: number;
  readonly capture_method: string;
  readonly transfer_group: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly paymentMethod: string;
}

interface Charge {
  readonly id: string;
  readonly object: 'charge';
  readonly payment_intent: string;
  readonly transfer_group: string;
  readonly status: 'succeeded' | 'failed';
  readonly amount: number;
  readonly outcome: { readonly reason: string | null };
}

interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly payment_intent: string;
  readonly amount: number;
  readonly status: 'succeeded';
}

/** Stripe's test cards that are declined, and their `decline_code`. */
const DECLINED: Readonly<Record<string, string>> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
};

/** The money at Stripe. A PaymentIntent is captured once, cancelled once, and refunded no more than was captured. */
export class StripeBooks {
  readonly intents: Intent[] = [];
  readonly charges: Charge[] = [];
  readonly refunds: Refund[] = [];

  write(path: string, form: URLSearchParams): unknown {
    if (path === '/v1/payment_intents') return this.create(form);
    if (path === '/v1/refunds') return this.refund(form);
    const [, id = '', action] = /^\/v1\/payment_intents\/(pi_\w+)\/(capture|cancel)$/.exec(path) ?? [];
    return action === 'capture' ? this.capture(this.intent(id), form) : this.cancel(this.intent(id));
  }

  read(path: string, query: URLSearchParams): unknown {
    if (path === '/v1/charges') {
      return list(this.charges.filter((charge) => charge.transfer_group === query.get('transfer_group')));
    }
    if (path === '/v1/refunds') {
      return list(this.refunds.filter((refund) => refund.payment_intent === query.get('payment_intent')));
    }
    return this.intent(path.slice('/v1/payment_intents/'.length));
  }

  /** Another hand at the account. */
  expire(id: string): void {
    this.intent(id).status = 'canceled';
  }

  private create(form: URLSearchParams): Intent {
    const paymentMethod = form.get('payment_method') ?? '';
    if (!paymentMethod.startsWith('pm_card_')) {
      throw new StripeRefusal(400, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_method',
        message: `No such PaymentMethod: '${paymentMethod}'`,
      });
    }
    const declineCode = DECLINED[paymentMethod];
    const intent: Intent = {
      id: `pi_${this.intents.length + 1}`,
      object: 'payment_intent',
      status: declineCode === undefined ? 'requires_capture' : 'requires_payment_method',
      amount: Number(form.get('amount')),
      currency: form.get('currency') ?? '',
      amount_received: 0,
      capture_method: form.get('capture_method') ?? 'automatic',
      transfer_group: form.get('transfer_group') ?? '',
      metadata: { order_id: form.get('metadata[order_id]') ?? '' },
      paymentMethod,
    };
    this.intents.push(intent);
    this.charges.push({
      id: `ch_${this.charges.length + 1}`,
      object: 'charge',
      payment_intent: intent.id,
      transfer_group: intent.transfer_group,
      status: declineCode === undefined ? 'succeeded' : 'failed',
      amount: intent.amount,
      outcome: { reason: declineCode ?? null },
    });
    if (declineCode === undefined) return intent;
    const code = 'card_declined';
    throw new StripeRefusal(402, { type: 'card_error', code, decline_code: declineCode, message: 'declined' });
  }

  private capture(intent: Intent, form: URLSearchParams): Intent {
    if (intent.status !== 'requires_capture') throw unexpectedState(intent);
    if (intent.paymentMethod === 'pm_card_captureFails') {
      throw new StripeRefusal(402, { type: 'card_error', code: 'charge_expired_for_capture', message: 'expired' });
    }
    intent.status = 'succeeded';
    intent.amount_received = Number(form.get('amount_to_capture'));
    return intent;
  }

  private cancel(intent: Intent): Intent {
    if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent);
    intent.status = 'canceled';
    return intent;
  }

  private refund(form: URLSearchParams): Refund {
    const intent = this.intent(form.get('payment_intent') ?? '');
    if (this.refunds.some(({ payment_intent }) => payment_intent === intent.id)) {
      throw new StripeRefusal(400, { type: 'invalid_request_error', code: 'charge_already_refunded' });
    }
    if (intent.status !== 'succeeded') throw unexpectedState(intent);
    const refund: Refund = {
      id: `re_${this.refunds.length + 1}`,
      object: 'refund',
      payment_intent: intent.id,
      amount: intent.amount_received,
      status: 'succeeded',
    };
    this.refunds.push(refund);
    return refund;
  }

  private intent(id: string): Intent {
    const found = this.intents.find((intent) => intent.id === id);
    if (found === undefined) throw new StripeRefusal(404, { type: 'invalid_request_error', code: 'resource_missing' });
    return found;
  }
}

function unexpectedState(intent: Intent): StripeRefusal {
  return new StripeRefusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    payment_intent: intent,
    message: `This PaymentIntent could not be changed because it has a status of ${intent.status}.`,
  });
}

function list(data: readonly unknown[]) {
  return { object: 'list', url: '/', has_more: false, data: [...data].reverse() };
}
