import { Injectable } from '@nestjs/common';
import { StripeWebhooks } from '../gateway/stripe-webhooks';
import { HandlePaymentHint } from './handle-payment-hint';

/** Takes what Stripe tells of its own accord, when it is Stripe that does. */
@Injectable()
export class HandleStripeWebhook {
  constructor(
    private readonly webhooks: StripeWebhooks,
    private readonly hints: HandlePaymentHint,
  ) {}

  /** @throws WebhookRefused, or WebhookNotNow when it has to be sent again. */
  async execute(body: Buffer, signature: string): Promise<void> {
    await this.hints.execute(this.webhooks.read(body, signature));
  }
}
