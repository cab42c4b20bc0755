import { OrderCancelled, OrderConfirmed, OrderCreated, type Events } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { orderCancelled, orderConfirmed, orderReceived } from '../domain/announcement';
import { NotifyCustomers } from '../use-cases/notify-customers';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly notifyCustomers: NotifyCustomers) {}

  @EventPattern(OrderCreated)
  async created(@Payload() events: Events<typeof OrderCreated>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderReceived));
  }

  @EventPattern(OrderConfirmed)
  async confirmed(@Payload() events: Events<typeof OrderConfirmed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderConfirmed));
  }

  @EventPattern(OrderCancelled)
  async cancelled(@Payload() events: Events<typeof OrderCancelled>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.notifyCustomers.enqueue(unitOfWork, events.map(orderCancelled));
  }
}
