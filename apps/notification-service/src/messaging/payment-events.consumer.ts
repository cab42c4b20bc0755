import { PaymentAdjusted, PaymentFailed, PaymentRefunded, PaymentSuccessful, type ReceivedEvent } from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { orderPaid, partlyRefunded, paymentFailed, paymentRefunded } from '../domain/announcement';
import { NotifyCustomers } from '../use-cases/notify-customers';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly notifyCustomers: NotifyCustomers) {}

  @OnEvent(PaymentSuccessful)
  async successful(events: readonly ReceivedEvent<typeof PaymentSuccessful>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderPaid));
  }

  @OnEvent(PaymentFailed)
  async failed(events: readonly ReceivedEvent<typeof PaymentFailed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(paymentFailed));
  }

  @OnEvent(PaymentRefunded)
  async refunded(events: readonly ReceivedEvent<typeof PaymentRefunded>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(paymentRefunded));
  }

  /** A dispute is between the bank and the shop: its customer hears of money alone. */
  @OnEvent(PaymentAdjusted)
  async adjusted(events: readonly ReceivedEvent<typeof PaymentAdjusted>[], unitOfWork: UnitOfWork): Promise<void> {
    const refunds = events.filter(({ payload }) => payload.given_back > 0);
    await this.notifyCustomers.enqueue(unitOfWork, refunds.map(partlyRefunded));
  }
}
