import { Injectable } from '@nestjs/common';
import { StripeWebhooks } from '../gateway/stripe-webhooks';
import { HearOfPayments } from './hear-of-payments';

/** Takes what Stripe tells of its own accord, when it is Stripe that does. */
@Injectable()
export class HandleStripeWebhook {
  constructor(
    private readonly webhooks: StripeWebhooks,
    private readonly hear: HearOfPayments,
  ) {}

  /** @throws WebhookRefused, or WebhookNotNow when it has to be sent again. */
  async execute(body: Buffer, signature: string): Promise<void> {
    await this.hear.execute(this.webhooks.read(body, signature));
  }
}
