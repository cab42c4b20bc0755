import { Transactions } from '@app/messaging';
import { Clock, DomainError } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { PaymentGateway, type PaymentHint } from '../gateway/payment-gateway';
import { StripeWebhooks } from '../gateway/stripe-webhooks';
import { PaymentRepository } from '../persistence/payment.repository';
import { StripeEventRepository } from '../persistence/stripe-event.repository';
import { AdvancePayments } from './advance-payments';

/** A webhook that takes longer to answer is sent again. */
const ANSWER_WITHIN_MS = 4_000;

/** Takes what the gateway tells of its own accord: never as the truth, only as a reason to look at a payment. */
@Injectable()
export class HearOfPayments {
  constructor(
    private readonly webhooks: StripeWebhooks,
    private readonly gateway: PaymentGateway,
    private readonly events: StripeEventRepository,
    private readonly payments: PaymentRepository,
    private readonly advance: AdvancePayments,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * A webhook. One that comes again, or that means nothing to us, changes nothing.
   * @throws DomainError `WEBHOOK.BAD_SIGNATURE`, `WEBHOOK.BAD_EVENT`, or `WEBHOOK.NOT_NOW` when it has to be sent again.
   */
  async run(body: Buffer, signature: string): Promise<void> {
    await this.take(this.webhooks.read(body, signature));
  }

  /** @throws DomainError `WEBHOOK.NOT_NOW` when the gateway can not be asked whose payment it is. */
  async take(told: PaymentHint): Promise<void> {
    const hint = { ...told, orderId: await this.orderOf(told) };
    const now = this.clock.now();
    await this.transactions.run(async (unitOfWork) => {
      const isNew = await this.events.store(unitOfWork, hint, now);
      const { orderId, about: kind } = hint;
      if (!isNew || orderId === undefined) return;
      await this.events.lookUpSoon(unitOfWork, orderId, now);
      if (kind === undefined) return;
      const known = await this.payments.lock(unitOfWork, [orderId]);
      if (known.has(orderId)) await this.advance.advance(unitOfWork, [{ kind, orderId }]);
    });
  }

  /** News of a refund or a dispute names the payment alone, in the gateway's words. */
  private async orderOf({ orderId, reference, about }: PaymentHint): Promise<string | undefined> {
    if (orderId !== undefined || reference === undefined || about === undefined) return orderId;
    try {
      return await this.gateway.orderOf(reference, AbortSignal.timeout(ANSWER_WITHIN_MS));
    } catch (cause) {
      throw new DomainError({
        code: 'WEBHOOK.NOT_NOW',
        kind: 'unavailable',
        message: 'The payment gateway is currently unavailable. Please try again.',
        cause,
      });
    }
  }
}
