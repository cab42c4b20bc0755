import { Transactions } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { WebhookNotNow } from '../domain/payment.errors';
import { PaymentGateway, type PaymentHint } from '../gateway/payment-gateway';
import { PaymentRepository } from '../persistence/payment.repository';
import { StripeEventRepository } from '../persistence/stripe-event.repository';
import { AdvancePayments } from './advance-payments';

/** A webhook that takes longer to answer is sent again. */
const ANSWER_WITHIN_MS = 4_000;

/** Takes what the gateway tells of its own accord: never as the truth, only as a reason to look at a payment. */
@Injectable()
export class HandlePaymentHint {
  constructor(
    private readonly gateway: PaymentGateway,
    private readonly events: StripeEventRepository,
    private readonly payments: PaymentRepository,
    private readonly advance: AdvancePayments,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * What comes again, or means nothing to us, changes nothing.
   * @throws WebhookNotNow when the gateway cannot be asked whose payment it is.
   */
  async execute(told: PaymentHint): Promise<void> {
    const hint = { ...told, orderId: await this.orderOf(told) };
    const now = this.clock.now();
    await this.transactions.run(async (unitOfWork) => {
      const isNew = await this.events.store(unitOfWork, hint, now);
      const { orderId, about: kind } = hint;
      if (!isNew || orderId === undefined) return;
      await this.events.lookUpSoon(unitOfWork, orderId, now);
      if (kind === undefined) return;
      const known = await this.payments.lock(unitOfWork, [orderId]);
      if (known.has(orderId)) await this.advance.enqueue(unitOfWork, [{ kind, orderId }]);
    });
  }

  /** An event of a refund or a dispute names the payment alone, in the gateway's words. */
  private async orderOf({ orderId, reference, about }: PaymentHint): Promise<string | undefined> {
    if (orderId !== undefined || reference === undefined || about === undefined) return orderId;
    try {
      return await this.gateway.orderOf(reference, AbortSignal.timeout(ANSWER_WITHIN_MS));
    } catch (cause) {
      throw new WebhookNotNow(cause);
    }
  }
}
