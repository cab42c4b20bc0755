import type { Clock } from '@app/platform';
import Stripe from 'stripe';
import { WebhookRefused } from '../domain/payment.errors';
import type { PaymentHint } from './payment-gateway';
import { hintOf } from './stripe-events';

const TOLERANCE_SECONDS = 300;

/** Tells Stripe's webhooks from those of somebody else. */
export class StripeWebhooks {
  constructor(
    private readonly secret: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @param body The very bytes that were sent.
   * @throws WebhookRefused `WEBHOOK.BAD_SIGNATURE` for what is not signed with our secret, or more than five minutes away from now;
   *   `WEBHOOK.BAD_EVENT` for what is signed, but no event of Stripe's.
   */
  read(body: Buffer, signature: string): PaymentHint {
    this.verify(body, signature);
    const hint = hintOf(parsed(body));
    if (hint !== undefined) return hint;
    throw new WebhookRefused(
      'WEBHOOK.BAD_EVENT',
      'It is signed, but it is not an event: it needs an id, a type and data.object.',
    );
  }

  /** The SDK lets a signature from the future pass; a clock that is so far ahead is as wrong as an old one. */
  private verify(body: Buffer, signature: string): void {
    const receivedAt = this.clock.now().getTime();
    const signedAt = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1]);
    if (!(signedAt - receivedAt / 1_000 <= TOLERANCE_SECONDS)) throw badSignature();
    try {
      Stripe.webhooks.signature?.verifyHeader(body, signature, this.secret, TOLERANCE_SECONDS, undefined, receivedAt);
    } catch {
      throw badSignature();
    }
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function badSignature(): WebhookRefused {
  return new WebhookRefused(
    'WEBHOOK.BAD_SIGNATURE',
    'The signature does not match the body, or its timestamp is outside the tolerance.',
  );
}
