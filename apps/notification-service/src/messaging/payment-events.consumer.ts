import { PaymentAdjusted, PaymentFailed, PaymentRefunded, PaymentSuccessful, type Events } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { orderPaid, partlyRefunded, paymentFailed, paymentRefunded } from '../domain/announcement';
import { NotifyCustomers } from '../use-cases/notify-customers';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly notifyCustomers: NotifyCustomers) {}

  @EventPattern(PaymentSuccessful)
  async successful(@Payload() events: Events<typeof PaymentSuccessful>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderPaid));
  }

  @EventPattern(PaymentFailed)
  async failed(@Payload() events: Events<typeof PaymentFailed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(paymentFailed));
  }

  @EventPattern(PaymentRefunded)
  async refunded(@Payload() events: Events<typeof PaymentRefunded>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(paymentRefunded));
  }

  /** A dispute is between the bank and the shop: its customer hears of money alone. */
  @EventPattern(PaymentAdjusted)
  async adjusted(@Payload() events: Events<typeof PaymentAdjusted>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    const refunds = events.filter(({ payload }) => payload.given_back > 0);
    await this.notifyCustomers.enqueue(unitOfWork, refunds.map(partlyRefunded));
  }
}
