import { OrderCancelled, OrderConfirmed, OrderCreated, type ReceivedEvent } from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { orderCancelled, orderConfirmed, orderReceived } from '../domain/announcement';
import { NotifyCustomers } from '../use-cases/notify-customers';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly notifyCustomers: NotifyCustomers) {}

  @OnEvent(OrderCreated)
  async created(events: readonly ReceivedEvent<typeof OrderCreated>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderReceived));
  }

  @OnEvent(OrderConfirmed)
  async confirmed(events: readonly ReceivedEvent<typeof OrderConfirmed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderConfirmed));
  }

  @OnEvent(OrderCancelled)
  async cancelled(events: readonly ReceivedEvent<typeof OrderCancelled>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderCancelled));
  }
}
