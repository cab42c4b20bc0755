import { OrderCancelled, OrderConfirmed, OrderCreated, type ReceivedEvent } from '@app/events';
import { OnEvent, UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { AdvancePayments } from '../use-cases/advance-payments';
import { toBeCollected, toBePaid, toBeReturned } from './news';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly advancePayments: AdvancePayments) {}

  @OnEvent(OrderCreated)
  async created(events: readonly ReceivedEvent<typeof OrderCreated>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advancePayments.enqueue(unitOfWork, events.map(toBePaid));
  }

  @OnEvent(OrderConfirmed)
  async confirmed(events: readonly ReceivedEvent<typeof OrderConfirmed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advancePayments.enqueue(unitOfWork, events.map(toBeCollected));
  }

  @OnEvent(OrderCancelled)
  async cancelled(events: readonly ReceivedEvent<typeof OrderCancelled>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.advancePayments.enqueue(unitOfWork, events.map(toBeReturned));
  }
}
