import type { MinorUnits } from '@app/events';
import { Logger } from '@nestjs/common';
import type Stripe from 'stripe';
import type { GatewayAnswer } from '../domain/gateway-outcome';
import {
  OutcomeUnknown,
  PaymentGateway,
  RequestRefused,
  type AuthorizationRequest,
  type AuthorizationResult,
  type CaptureResult,
  type FollowUpRequest,
  type Inspection,
  type LookupRequest,
  type PaymentHint,
  type RefundResult,
  type VoidResult,
} from './payment-gateway';
import { fromStripeAmount, stripeAmount } from './stripe-amount';
import { StripeConnection, type Attempt, type StripeOptions } from './stripe-connection';
import { declineReason, nameOf, verdictOf } from './stripe-errors';
import { moneyOf, standsFor } from './stripe-money';
import { hintOf, MONEY_EVENTS, orderNamedBy } from './stripe-events';

type Intent = Stripe.PaymentIntent;
type Refund = Stripe.Response<Stripe.Refund>;

/** How Stripe is reached, and what pays for orders that name nothing of Stripe's. */
export interface StripeGatewayOptions extends StripeOptions {
  /** For orders whose payment method is not the id of one of Stripe's (`pm_…`). */
  readonly defaultPaymentMethod: string;
}

/**
 * Stripe, with manual capture: a hold is a PaymentIntent, its id the reference. Nothing is ever sent again under another
 * key unless Stripe itself rules out that it happens twice. The order's id is the `transfer_group` of its charge: unlike
 * `search`, which lags behind, the list of a group's charges shows at once whether an order was charged.
 */
export class StripeGateway extends PaymentGateway {
  private readonly logger = new Logger(StripeGateway.name);
  private readonly connection: StripeConnection;
  private readonly stripe: Stripe;

  constructor(private readonly options: StripeGatewayOptions) {
    super();
    this.connection = new StripeConnection(options);
    this.stripe = this.connection.stripe;
  }

  override onApplicationShutdown(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  async authorize(request: AuthorizationRequest, signal: AbortSignal): Promise<AuthorizationResult> {
    const { orderId, currency, idempotencyKey, paymentMethod } = request;
    const amount = amountAtStripe(request);
    if (amount === undefined) return { kind: 'declined', reason: 'declined' };
    const creation = this.stripe.paymentIntents.create(
      {
        amount,
        currency: currency.toLowerCase(),
        payment_method: paymentMethod.startsWith('pm_') ? paymentMethod : this.options.defaultPaymentMethod,
        capture_method: 'manual',
        confirm: true,
        // Nobody is there to be asked for a second factor: that is a decline.
        error_on_requires_action: true,
        metadata: { order_id: orderId },
        transfer_group: orderId,
      },
      { idempotencyKey },
    );
    const outcome = await this.connection.attempt(creation, signal);
    if ('value' in outcome) return authorizationOf(outcome.value);
    this.logger.log(`Stripe declined the payment: ${nameOf(outcome.error)}`, { orderId });
    const verdict = verdictOf(outcome.error);
    return verdict.kind === 'declined' ? verdict : { kind: 'declined', reason: 'declined' };
  }

  async capture(request: FollowUpRequest, signal: AbortSignal): Promise<CaptureResult> {
    const amount_to_capture = stripeAmount(request.amount, request.currency);
    const send = (idempotencyKey: string) =>
      this.stripe.paymentIntents.capture(request.reference, { amount_to_capture }, { idempotencyKey });
    const { error, intent } = await this.followUp(request, send, signal);
    if (intent.status === 'succeeded') return { kind: 'captured', ...this.collected(intent) };
    if (error === undefined || intent.status === 'processing') {
      throw new OutcomeUnknown(`the PaymentIntent is ${intent.status}`);
    }
    this.logger.warn(`Stripe refused to capture a payment that is ${intent.status}: ${nameOf(error)}`, {
      reference: request.reference,
    });
    return { kind: 'capture_refused' };
  }

  async void(request: FollowUpRequest, signal: AbortSignal): Promise<VoidResult> {
    const send = (idempotencyKey: string) =>
      this.stripe.paymentIntents.cancel(request.reference, {}, { idempotencyKey });
    const { intent } = await this.followUp(request, send, signal);
    if (intent.status === 'canceled') return { kind: 'voided' };
    return intent.status === 'succeeded'
      ? { kind: 'already_captured', ...this.collected(intent) }
      : { kind: 'refused' };
  }

  async refund(request: FollowUpRequest, signal: AbortSignal): Promise<RefundResult> {
    const { reference: payment_intent, idempotencyKey: key } = request;
    const metadata = { order_id: key.slice(0, key.indexOf(':')) };
    // Without an amount it is all that is left, whatever somebody has given back before.
    const send = (idempotencyKey: string) =>
      this.stripe.refunds.create({ payment_intent, metadata }, { idempotencyKey });
    const first = await this.connection.attemptOnce(key, send, signal);
    if (isDone(first)) return refunded(first.value.id);
    // Refused, or the answer of an earlier time: how the money stands decides.
    const { back, standing } = await this.givenBack(payment_intent, signal);
    if (back !== undefined) return back;
    if ('error' in first || standing === 0) return this.unrefunded(request, first);
    // Ours stands and is not all: another one has failed since. There is one key for each number of refunds that stand.
    const second = await this.connection.attemptOnce(`${key}:${standing}`, send, signal);
    return isDone(second) ? refunded(second.value.id) : this.unrefunded(request, second);
  }

  async inspect({ reference }: FollowUpRequest, signal: AbortSignal): Promise<Inspection> {
    const { captured, returned, dispute, refundReference } = await this.connection.reading(
      moneyOf(this.stripe, reference),
      signal,
    );
    return { kind: 'inspected', captured, returned, dispute, refundReference };
  }

  async orderOf(reference: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return orderNamedBy(
        (await this.connection.reading(this.stripe.paymentIntents.retrieve(reference), signal)).metadata,
      );
    } catch (error) {
      if (error instanceof RequestRefused) return undefined;
      throw error;
    }
  }

  async eventsSince(since: Date, signal: AbortSignal): Promise<readonly PaymentHint[]> {
    const created = { gte: Math.floor(since.getTime() / 1_000) };
    const listed = this.stripe.events.list({ created, types: MONEY_EVENTS, limit: 100 });
    const events = await this.connection.reading(listed.autoPagingToArray({ limit: 10_000 }), signal);
    return events.flatMap((event) => hintOf(event) ?? []).toReversed();
  }

  async lookup(request: LookupRequest, signal: AbortSignal): Promise<GatewayAnswer | undefined> {
    const { operation, orderId, reference } = request;
    if (operation === 'authorize') return this.chargeOf(orderId, signal);
    if (reference === null) return undefined;
    if (operation === 'refund') return (await this.givenBack(reference, signal)).back;
    const intent = await this.connection.reading(this.stripe.paymentIntents.retrieve(reference), signal);
    const isCapture = operation === 'capture';
    if (intent.status === 'succeeded') {
      return { kind: isCapture ? 'captured' : 'already_captured', ...this.collected(intent) };
    }
    if (intent.status !== 'canceled') return undefined;
    return { kind: isCapture ? 'capture_refused' : 'voided' };
  }

  /** Whether the order was charged: its charges, the one that counts first. */
  private async chargeOf(orderId: string, signal: AbortSignal): Promise<GatewayAnswer | undefined> {
    const { data } = await this.connection.reading(
      this.stripe.charges.list({ transfer_group: orderId, limit: 100 }),
      signal,
    );
    const charge = data.find(({ status }) => status === 'succeeded') ?? data.find(({ status }) => status === 'failed');
    if (charge === undefined) return undefined;
    if (charge.status === 'failed') {
      return { kind: 'declined', reason: declineReason(charge.outcome?.reason ?? charge.failure_code ?? undefined) };
    }
    const { payment_intent: intent } = charge;
    const reference = typeof intent === 'string' ? intent : intent?.id;
    return reference === undefined ? undefined : { kind: 'authorized', reference };
  }

  /** Refunds are sums: `back` is there once nothing of what was collected is left. */
  private async givenBack(reference: string, signal: AbortSignal) {
    const {
      captured,
      returned,
      refundReference,
      refunds: standing,
    } = await this.connection.reading(moneyOf(this.stripe, reference), signal);
    const isBack = captured > 0 && returned >= captured;
    return { standing, back: isBack ? refunded(refundReference ?? reference) : undefined };
  }

  private unrefunded({ reference }: FollowUpRequest, outcome: Attempt<Refund>): RefundResult {
    const why = 'error' in outcome ? nameOf(outcome.error) : `the refund is ${outcome.value.status}`;
    this.logger.error(`Stripe refused to refund the remaining amount: ${why}`, { reference });
    return { kind: 'refused' };
  }

  /** Says how much was collected when it is less than was held: that was by somebody else's hand. */
  private collected({ id, amount, amount_received, currency }: Intent): { amount?: MinorUnits } {
    if (amount_received === amount) return {};
    this.logger.error('Captured amount differs from the authorized amount; the capture was made outside this service', {
      reference: id,
    });
    return { amount: fromStripeAmount(amount_received, currency) };
  }

  /** What is refused is judged by how the payment stands, which Stripe knows at once. */
  private async followUp(
    { idempotencyKey, reference }: FollowUpRequest,
    send: (idempotencyKey: string) => Promise<Intent>,
    signal: AbortSignal,
  ): Promise<{ readonly error?: unknown; readonly intent: Intent }> {
    const outcome = await this.connection.attemptOnce(idempotencyKey, send, signal);
    if (!('error' in outcome)) return { intent: outcome.value };
    return {
      error: outcome.error,
      intent: await this.connection.reading(this.stripe.paymentIntents.retrieve(reference), signal),
    };
  }
}

function authorizationOf({ status, id }: Intent): AuthorizationResult {
  if (status === 'requires_capture') return { kind: 'authorized', reference: id };
  if (status === 'requires_payment_method' || status === 'canceled') return { kind: 'declined', reason: 'declined' };
  throw new OutcomeUnknown(`the PaymentIntent is ${status}`);
}

function refunded(reference: string) {
  return { kind: 'refunded', reference } as const;
}

/** Undefined when the currency has no such amount. */
function amountAtStripe({ amount, currency }: AuthorizationRequest): number | undefined {
  try {
    return stripeAmount(amount, currency);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A fresh refund of all that was left. What Stripe repeats under its key says how it stood then. */
function isDone(outcome: Attempt<Refund>): outcome is { readonly value: Refund } {
  if ('error' in outcome) return false;
  return standsFor(outcome.value) && outcome.value.lastResponse.headers['idempotent-replayed'] !== 'true';
}
