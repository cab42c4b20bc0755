import {
  StripeRefusal,
  list,
  refuseToCreate,
  unexpectedState,
  type Charge,
  type Dispute,
  type Intent,
  type Refund,
  type StripeEvent,
} from './stripe-objects';

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
  readonly disputes: Dispute[] = [];
  /** What happened to money, the oldest first; nobody is told of it by the books themselves. */
  readonly events: StripeEvent[] = [];
  /** How a refund begins. */
  refundsBegin: Refund['status'] = 'succeeded';

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
      return list(
        this.refunds.filter((refund) => refund.payment_intent === query.get('payment_intent')),
        query,
      );
    }
    if (path === '/v1/disputes') {
      return list(
        this.disputes.filter((dispute) => dispute.payment_intent === query.get('payment_intent')),
        query,
      );
    }
    if (path === '/v1/events') {
      const since = Number(query.get('created[gte]') ?? 0);
      return list(
        this.events.filter(({ created }) => created >= since),
        query,
      );
    }
    const intent = this.intent(path.slice('/v1/payment_intents/'.length));
    if (query.get('expand[0]') !== 'latest_charge') return intent;
    return { ...intent, latest_charge: this.charges.find(({ id }) => id === intent.latest_charge) };
  }

  /** Somebody gives money back in Stripe's own pages: so much, or what is left. @returns the events Stripe would send. */
  refundByHand(id: string, amount?: number): StripeEvent[] {
    const refund = this.giveBack(this.intent(id), amount, {});
    return [this.happened('charge.refunded', this.chargeOf(id)), this.happened('refund.created', refund)];
  }

  /** A refund does not get through after all. */
  failRefund(refund: Refund): StripeEvent {
    refund.status = 'failed';
    return this.happened('refund.failed', refund);
  }

  /** The customer's bank disputes all of it, and decides. */
  dispute(id: string, status: Dispute['status']): StripeEvent {
    const known = this.disputes.find(({ payment_intent }) => payment_intent === id);
    const charge = this.chargeOf(id);
    charge.disputed = true;
    const begun: Dispute = { id: `dp_${id}`, object: 'dispute', payment_intent: id, amount: charge.amount, status };
    if (known === undefined) this.disputes.push(begun);
    else known.status = status;
    return this.happened(`charge.dispute.${known === undefined ? 'created' : 'closed'}`, known ?? begun);
  }

  /** Somebody collects a hold in Stripe's own pages, all of it or a part. */
  captureByHand(id: string, amount: number): void {
    const intent = this.intent(id);
    intent.status = 'succeeded';
    intent.amount_received = amount;
  }

  private chargeOf(intentId: string): Charge {
    const charge = this.charges.find(({ payment_intent }) => payment_intent === intentId);
    if (charge === undefined) throw new Error(`${intentId} has no charge`);
    return charge;
  }

  private happened(type: string, object: object): StripeEvent {
    const created = Math.floor(Date.now() / 1_000);
    // As it was at that moment.
    const data = { object: structuredClone(object) };
    const event = { id: `evt_${this.events.length + 1}`, object: 'event', type, created, data } as const;
    this.events.push(event);
    return event;
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
    refuseToCreate(Number(form.get('amount')), paymentMethod);
    const declineCode = DECLINED[paymentMethod];
    const intent: Intent = {
      id: `pi_${this.intents.length + 1}`,
      object: 'payment_intent',
      status: declineCode === undefined ? 'requires_capture' : 'requires_payment_method',
      amount: Number(form.get('amount')),
      currency: form.get('currency') ?? '',
      amount_received: 0,
      latest_charge: `ch_${this.charges.length + 1}`,
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
      disputed: false,
      metadata: intent.metadata,
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
    const metadata = { order_id: form.get('metadata[order_id]') ?? '' };
    const refund = this.giveBack(this.intent(form.get('payment_intent') ?? ''), undefined, metadata);
    this.happened('charge.refunded', this.chargeOf(refund.payment_intent));
    return refund;
  }

  private giveBack(intent: Intent, wanted: number | undefined, metadata: Record<string, string>): Refund {
    if (intent.status !== 'succeeded') throw unexpectedState(intent);
    if (this.disputes.some(({ payment_intent, status }) => payment_intent === intent.id && status !== 'won')) {
      throw new StripeRefusal(400, { type: 'invalid_request_error', code: 'charge_disputed' });
    }
    const given = this.refunds.filter(
      ({ payment_intent, status }) => payment_intent === intent.id && status !== 'failed' && status !== 'canceled',
    );
    const left = intent.amount_received - given.reduce((sum, { amount }) => sum + amount, 0);
    if (left === 0) throw new StripeRefusal(400, { type: 'invalid_request_error', code: 'charge_already_refunded' });
    const amount = wanted ?? left;
    if (amount > left) throw new StripeRefusal(400, { type: 'invalid_request_error', param: 'amount' });
    const refund: Refund = {
      id: `re_${this.refunds.length + 1}`,
      object: 'refund',
      payment_intent: intent.id,
      amount,
      metadata,
      status: this.refundsBegin,
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
