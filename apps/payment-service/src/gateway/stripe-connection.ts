import { unlessAborted } from '@app/platform';
import { Logger } from '@nestjs/common';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { OutcomeUnknown, RequestRefused } from './payment-gateway';
import { isUsedKey, nameOf, verdictOf, type StripeVerdict } from './stripe-errors';

/** How Stripe is reached. */
export interface StripeOptions {
  readonly secretKey: string;
  /** `https://api.stripe.com`, or a stand-in. */
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly maxConnections: number;
}

/** What Stripe has answered, or why it will not do it. */
export type Attempt<T> = { readonly value: T } | { readonly error: unknown };

/** Stripe's API, with what its errors mean. */
export class StripeConnection {
  readonly stripe: Stripe;
  private readonly logger = new Logger(StripeConnection.name);
  private readonly agent: HttpAgent;

  constructor({ secretKey, apiUrl, timeoutMs, maxConnections }: StripeOptions) {
    const { hostname, port, protocol } = new URL(apiUrl);
    const isPlain = protocol === 'http:';
    const agentOptions = { keepAlive: true, maxSockets: maxConnections };
    this.agent = isPlain ? new HttpAgent(agentOptions) : new HttpsAgent(agentOptions);
    this.stripe = new Stripe(secretKey, {
      host: hostname,
      port: port === '' ? (isPlain ? 80 : 443) : port,
      protocol: isPlain ? 'http' : 'https',
      httpAgent: this.agent,
      // Attempts are counted, spaced and kept by the payment. The SDK itself only repeats, once, what met a closed connection.
      maxNetworkRetries: 0,
      timeout: timeoutMs,
      telemetry: false,
    });
  }

  close(): void {
    this.agent.destroy();
  }

  /** @throws RequestRefused when Stripe will not let this be read; OutcomeUnknown or GatewayUnavailable for the rest. */
  async reading<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await unlessAborted(work, signal, noAnswer);
    } catch (error) {
      throw error instanceof OutcomeUnknown ? error : this.report(error, verdictOf(error));
    }
  }

  /** @throws OutcomeUnknown | GatewayUnavailable */
  async attempt<T>(work: Promise<T>, signal: AbortSignal): Promise<Attempt<T>> {
    try {
      return { value: await unlessAborted(work, signal, noAnswer) };
    } catch (error) {
      const verdict = verdictOf(error);
      if (verdict.kind === 'failed') throw this.report(error, verdict);
      return { error };
    }
  }

  /**
   * For what cannot happen twice to one PaymentIntent: a capture, a cancellation, a refund of all that is left. Stripe repeats a 5xx
   * under its key for a day, and refuses a key that was used with other parameters; a second key gets past both.
   * @throws OutcomeUnknown | GatewayUnavailable
   */
  attemptOnce<T>(idempotencyKey: string, send: (key: string) => Promise<T>, signal: AbortSignal): Promise<Attempt<T>> {
    const sent = send(idempotencyKey).catch((error: unknown) => {
      if (isUsedKey(error) && !signal.aborted) return send(`${idempotencyKey}:again`);
      throw error;
    });
    return this.attempt(sent, signal);
  }

  /** Loud when it is for us to mend; what was asked for then stays due, and nothing else stops. */
  private report(error: unknown, verdict: StripeVerdict): Error {
    const isFailed = verdict.kind === 'failed';
    if (!isFailed || verdict.isOurFault) {
      this.logger.error(`Stripe rejected our request; check the configuration: ${nameOf(error)}`);
    }
    return isFailed ? verdict.error : new RequestRefused(`Stripe: ${nameOf(error)}`, { cause: error });
  }
}

/** The SDK cannot be told to stop; what arrives later is dropped here and found by the look-up. */
function noAnswer(): OutcomeUnknown {
  return new OutcomeUnknown('no answer in time');
}
