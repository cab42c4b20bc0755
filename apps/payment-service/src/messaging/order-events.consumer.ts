import { OrderCancelled, OrderConfirmed, OrderCreated, type ReceivedEvent } from '@app/events';
import { OnEvent, UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { FollowOrders } from '../use-cases/follow-orders';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly followOrders: FollowOrders) {}

  @OnEvent(OrderCreated)
  async created(events: readonly ReceivedEvent<typeof OrderCreated>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.followOrders.created(events, unitOfWork);
  }

  @OnEvent(OrderConfirmed)
  async confirmed(events: readonly ReceivedEvent<typeof OrderConfirmed>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.followOrders.confirmed(events, unitOfWork);
  }

  @OnEvent(OrderCancelled)
  async cancelled(events: readonly ReceivedEvent<typeof OrderCancelled>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.followOrders.cancelled(events, unitOfWork);
  }
}
