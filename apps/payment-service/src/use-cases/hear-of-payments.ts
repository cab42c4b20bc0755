import { Transactions } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { StripeWebhooks } from '../gateway/stripe-webhooks';
import { StripeEventRepository } from '../persistence/stripe-event.repository';

/** Takes what the gateway tells of its own accord: never as the truth, only as a reason to look a payment up sooner. */
@Injectable()
export class HearOfPayments {
  constructor(
    private readonly webhooks: StripeWebhooks,
    private readonly events: StripeEventRepository,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** An event that comes again, or that means nothing to us, changes nothing. @throws DomainError `WEBHOOK.BAD_SIGNATURE` */
  async run(body: Buffer, signature: string): Promise<void> {
    const hint = this.webhooks.read(body, signature);
    const now = this.clock.now();
    await this.transactions.run(async (unitOfWork) => {
      const isNew = await this.events.store(unitOfWork, hint, now);
      if (isNew && hint.orderId !== undefined) await this.events.lookUpSoon(unitOfWork, hint.orderId, now);
    });
  }
}
