import { Logger } from '@nestjs/common';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import type { GatewayAnswer } from '../domain/gateway-outcome';
import {
  GatewayUnavailable,
  OutcomeUnknown,
  PaymentGateway,
  type AuthorizationRequest,
  type AuthorizationResult,
  type CaptureResult,
  type FollowUpRequest,
  type LookupRequest,
  type RefundResult,
  type VoidResult,
} from './payment-gateway';
import { stripeAmount } from './stripe-amount';
import { declineReason, isStoredFailure, nameOf, verdictOf } from './stripe-errors';

type Intent = Stripe.PaymentIntent;

/** How Stripe is reached. */
export interface StripeOptions {
  readonly secretKey: string;
  /** `https://api.stripe.com`, or a stand-in. */
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly maxConnections: number;
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
  private readonly agent: HttpAgent;
  private readonly stripe: Stripe;

  constructor(private readonly options: StripeOptions) {
    super();
    const { hostname, port, protocol } = new URL(options.apiUrl);
    const isPlain = protocol === 'http:';
    const agentOptions = { keepAlive: true, maxSockets: options.maxConnections };
    this.agent = isPlain ? new HttpAgent(agentOptions) : new HttpsAgent(agentOptions);
    this.stripe = new Stripe(options.secretKey, {
      host: hostname,
      port: port === '' ? (isPlain ? 80 : 443) : port,
      protocol: isPlain ? 'http' : 'https',
      httpAgent: this.agent,
      // Attempts are counted, spaced and kept by the payment; the SDK's own would be hidden from it.
      maxNetworkRetries: 0,
      timeout: options.timeoutMs,
      telemetry: false,
    });
  }

  override onApplicationShutdown(): Promise<void> {
    this.agent.destroy();
    return Promise.resolve();
  }

  async authorize(request: AuthorizationRequest, signal: AbortSignal): Promise<AuthorizationResult> {
    const { orderId, currency, idempotencyKey, paymentMethod } = request;
    try {
      const intent = await orAbort(
        this.stripe.paymentIntents.create(
          {
            amount: stripeAmount(request.amount, currency),
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
        ),
        signal,
      );
      return authorizationOf(intent);
    } catch (error) {
      if (error instanceof RangeError) return { kind: 'declined', reason: 'declined' };
      const verdict = verdictOf(error);
      if (verdict.kind === 'declined') return verdict;
      throw this.report(error, verdict.kind === 'refused' ? undefined : verdict);
    }
  }

  async capture(request: FollowUpRequest, signal: AbortSignal): Promise<CaptureResult> {
    const amount_to_capture = stripeAmount(request.amount, request.currency);
    const send = (idempotencyKey: string) =>
      this.stripe.paymentIntents.capture(request.reference, { amount_to_capture }, { idempotencyKey });
    const { error, intent } = await this.followUp(request, send, signal);
    if (intent.status === 'succeeded') return { kind: 'captured' };
    if (intent.status === 'canceled' || verdictOf(error).kind === 'declined') return { kind: 'capture_refused' };
    throw this.report(error);
  }

  async void(request: FollowUpRequest, signal: AbortSignal): Promise<VoidResult> {
    const send = (idempotencyKey: string) =>
      this.stripe.paymentIntents.cancel(request.reference, {}, { idempotencyKey });
    const { intent } = await this.followUp(request, send, signal);
    if (intent.status === 'canceled') return { kind: 'voided' };
    return { kind: intent.status === 'succeeded' ? 'already_captured' : 'refused' };
  }

  async refund(request: FollowUpRequest, signal: AbortSignal): Promise<RefundResult> {
    const { reference: payment_intent } = request;
    const send = (idempotencyKey: string) => this.stripe.refunds.create({ payment_intent }, { idempotencyKey });
    const outcome = await this.attempt(request.idempotencyKey, send, signal);
    if ('error' in outcome) return (await this.refundOf(payment_intent, signal)) ?? { kind: 'refused' };
    return refundOf([outcome.value]) ?? { kind: 'refused' };
  }

  async lookup(request: LookupRequest, signal: AbortSignal): Promise<GatewayAnswer | undefined> {
    const { operation, orderId, reference } = request;
    try {
      if (operation === 'authorize') return await this.chargeOf(orderId, signal);
      if (reference === null) return undefined;
      if (operation === 'refund') return await this.refundOf(reference, signal);
      const { status } = await this.retrieve(reference, signal);
      if (status === 'succeeded') return { kind: operation === 'capture' ? 'captured' : 'already_captured' };
      if (status !== 'canceled') return undefined;
      return { kind: operation === 'capture' ? 'capture_refused' : 'voided' };
    } catch (error) {
      const verdict = verdictOf(error);
      throw this.report(error, verdict.kind === 'failed' ? verdict : undefined);
    }
  }

  /** Whether the order was charged: its charges, the one that counts first. */
  private async chargeOf(orderId: string, signal: AbortSignal): Promise<GatewayAnswer | undefined> {
    const { data } = await orAbort(this.stripe.charges.list({ transfer_group: orderId, limit: 100 }), signal);
    const charge = data.find(({ status }) => status === 'succeeded') ?? data.find(({ status }) => status === 'failed');
    if (charge === undefined) return undefined;
    if (charge.status === 'failed') {
      return { kind: 'declined', reason: declineReason(charge.outcome?.reason ?? charge.failure_code ?? undefined) };
    }
    const { payment_intent: intent } = charge;
    const reference = typeof intent === 'string' ? intent : intent?.id;
    return reference === undefined ? undefined : { kind: 'authorized', reference };
  }

  private async refundOf(payment_intent: string, signal: AbortSignal) {
    const { data } = await orAbort(this.stripe.refunds.list({ payment_intent, limit: 10 }), signal);
    return refundOf(data);
  }

  private retrieve(reference: string, signal: AbortSignal): Promise<Intent> {
    return orAbort(this.stripe.paymentIntents.retrieve(reference), signal);
  }

  /** What is refused is judged by how the payment stands, which Stripe knows at once. */
  private async followUp(
    { idempotencyKey, reference }: FollowUpRequest,
    send: (idempotencyKey: string) => Promise<Intent>,
    signal: AbortSignal,
  ): Promise<{ readonly error?: unknown; readonly intent: Intent }> {
    const outcome = await this.attempt(idempotencyKey, send, signal);
    if (!('error' in outcome)) return { intent: outcome.value };
    return { error: outcome.error, intent: await this.retrieve(reference, signal) };
  }

  /**
   * Stripe repeats a 5xx under its key for a day. A capture, a cancellation and a full refund can not happen twice to one
   * PaymentIntent, so they may be tried under a second key; an authorisation may not.
   * @throws OutcomeUnknown | GatewayUnavailable
   */
  private async attempt<T>(idempotencyKey: string, send: (key: string) => Promise<T>, signal: AbortSignal) {
    try {
      const value = await orAbort(send(idempotencyKey), signal).catch((error: unknown) => {
        if (isStoredFailure(error)) return orAbort(send(`${idempotencyKey}:again`), signal);
        throw error;
      });
      return { value };
    } catch (error) {
      const verdict = verdictOf(error);
      if (verdict.kind === 'failed') throw this.report(error, verdict);
      return { error };
    }
  }

  /** Loud when it is for us to mend; what was asked for then stays due, and nothing else stops. */
  private report(error: unknown, verdict?: { readonly error: Error; readonly isOurFault: boolean }): Error {
    if (verdict === undefined || verdict.isOurFault) {
      this.logger.error(`Stripe does not accept what we send, look at the configuration: ${nameOf(error)}`);
    }
    return verdict?.error ?? new GatewayUnavailable(`Stripe: ${nameOf(error)}`, { cause: error });
  }
}

function authorizationOf({ status, id }: Intent): AuthorizationResult {
  if (status === 'requires_capture') return { kind: 'authorized', reference: id };
  if (status === 'requires_payment_method' || status === 'canceled') return { kind: 'declined', reason: 'declined' };
  throw new OutcomeUnknown(`the PaymentIntent is ${status}`);
}

/** One that failed has given nothing back. */
function refundOf(refunds: readonly Stripe.Refund[]) {
  const refund = refunds.find(({ status }) => status !== 'failed' && status !== 'canceled');
  return refund === undefined ? undefined : ({ kind: 'refunded', reference: refund.id } as const);
}

/** The SDK can not be told to stop; what arrives later is dropped here and found by the look-up. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new OutcomeUnknown('no answer in time'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
