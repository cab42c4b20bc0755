import { PaymentFailed, PaymentRefunded, PaymentSuccessful, type ReceivedEvent } from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { orderPaid, paymentFailed, paymentRefunded } from '../domain/announcement';
import { NotifyCustomers } from '../use-cases/notify-customers';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly notifyCustomers: NotifyCustomers) {}

  @OnEvent(PaymentSuccessful)
  async successful(events: readonly ReceivedEvent<typeof PaymentSuccessful>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.execute(events.map(orderPaid), unitOfWork);
  }

  @OnEvent(PaymentFailed)
  async failed(events: readonly ReceivedEvent<typeof PaymentFailed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.execute(events.map(paymentFailed), unitOfWork);
  }

  @OnEvent(PaymentRefunded)
  async refunded(events: readonly ReceivedEvent<typeof PaymentRefunded>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.execute(events.map(paymentRefunded), unitOfWork);
  }
}
