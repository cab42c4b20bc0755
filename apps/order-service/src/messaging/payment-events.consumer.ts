import {
  PaymentAdjusted,
  PaymentFailed,
  PaymentRefunded,
  PaymentSuccessful,
  toMinorUnits,
  type ReceivedEvent,
} from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import type { OrderClaims } from '../domain/order-claims';
import type { OrderTrigger } from '../domain/order-lifecycle';
import { AdvanceOrders } from '../use-cases/advance-orders';
import { newsOf } from './news';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly advanceOrders: AdvanceOrders) {}

  @OnEvent(PaymentSuccessful)
  async successful(events: readonly ReceivedEvent<typeof PaymentSuccessful>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, newsOf(events, 'payment_successful', wholePayment));
  }

  @OnEvent(PaymentFailed)
  async failed(events: readonly ReceivedEvent<typeof PaymentFailed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, newsOf(events, 'payment_failed', wholePayment));
  }

  @OnEvent(PaymentRefunded)
  async refunded(events: readonly ReceivedEvent<typeof PaymentRefunded>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, newsOf(events, triggerOfRefund, wholePayment));
  }

  @OnEvent(PaymentAdjusted)
  async adjusted(events: readonly ReceivedEvent<typeof PaymentAdjusted>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, newsOf(events, 'payment_adjusted', partsOfPayment));
  }
}

/** Money that nobody here asked to be given back ends the order; otherwise the cancellation came first. */
function triggerOfRefund({ payload }: ReceivedEvent<typeof PaymentRefunded>): OrderTrigger {
  return payload.initiator === undefined ? 'payment_refunded' : 'payment_reversed';
}

type Payment = Pick<PaymentFailed, 'user_id' | 'payment_method' | 'currency' | 'amount'>;

function wholePayment({ user_id: userId, payment_method: paymentMethod, currency, amount }: Payment): OrderClaims {
  return { userId, paymentMethod, currency, total: toMinorUnits(amount) };
}

function partsOfPayment(adjusted: PaymentAdjusted): OrderClaims {
  const { user_id: userId, payment_method: paymentMethod, currency } = adjusted;
  const parts = [adjusted.given_back, adjusted.refunded_amount, adjusted.captured_amount].map(toMinorUnits);
  return { userId, paymentMethod, currency, parts };
}
