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
import type { OrderTrigger } from '../domain/order-lifecycle';
import { AdvanceOrders } from '../use-cases/advance-orders';
import { newsOf } from './news';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly advanceOrders: AdvanceOrders) {}

  @OnEvent(PaymentSuccessful)
  async successful(events: readonly ReceivedEvent<typeof PaymentSuccessful>[], unitOfWork: UnitOfWork): Promise<void> {
    const news = events.flatMap((event) => {
      const { user_id: userId, amount, currency } = event.payload;
      const paid = { userId, amount: toMinorUnits(amount), currency };
      return newsOf([event], 'payment_successful').map((item) => ({ ...item, paid }));
    });
    await this.advanceOrders.execute(unitOfWork, news);
  }

  @OnEvent(PaymentFailed)
  async failed(events: readonly ReceivedEvent<typeof PaymentFailed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.execute(unitOfWork, newsOf(events, 'payment_failed'));
  }

  @OnEvent(PaymentRefunded)
  async refunded(events: readonly ReceivedEvent<typeof PaymentRefunded>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.execute(unitOfWork, newsOf(events, triggerOfRefund));
  }

  @OnEvent(PaymentAdjusted)
  async adjusted(events: readonly ReceivedEvent<typeof PaymentAdjusted>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.execute(unitOfWork, newsOf(events, 'payment_adjusted'));
  }
}

/** Money that nobody here asked to be given back ends the order; otherwise the cancellation came first. */
function triggerOfRefund({ payload }: ReceivedEvent<typeof PaymentRefunded>): OrderTrigger {
  return payload.initiator === undefined ? 'payment_refunded' : 'payment_reversed';
}
