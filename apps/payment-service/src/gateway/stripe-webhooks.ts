import { DomainError, type Clock } from '@app/platform';
import Stripe from 'stripe';

/** Stripe says that something happened; what did is for a look-up to tell. */
export interface PaymentHint {
  readonly eventId: string;
  readonly type: string;
  /** Absent when the event is about something else, or about a payment that is not ours. */
  readonly orderId: string | undefined;
}

const TOLERANCE_SECONDS = 300;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells Stripe's webhooks from those of somebody else. */
export class StripeWebhooks {
  constructor(
    private readonly secret: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @param body The very bytes that were sent.
   * @throws DomainError `WEBHOOK.BAD_SIGNATURE` for what is not signed with our secret, or more than five minutes ago.
   */
  read(body: Buffer, signature: string): PaymentHint {
    const { id, type, data } = this.verified(body, signature);
    const { metadata } = data.object as { metadata?: { order_id?: unknown } | null };
    const orderId = metadata?.order_id;
    const isOurs = typeof orderId === 'string' && UUID.test(orderId);
    return { eventId: id, type, orderId: isOurs ? orderId : undefined };
  }

  private verified(body: Buffer, signature: string): Stripe.Event {
    const receivedAt = this.clock.now().getTime();
    try {
      return Stripe.webhooks.constructEvent(body, signature, this.secret, TOLERANCE_SECONDS, undefined, receivedAt);
    } catch {
      throw new DomainError({
        code: 'WEBHOOK.BAD_SIGNATURE',
        kind: 'invalid',
        message: 'The signature does not fit the body, or is too old.',
      });
    }
  }
}
