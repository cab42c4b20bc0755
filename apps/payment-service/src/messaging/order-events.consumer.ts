import { OrderCancelled, OrderConfirmed, OrderCreated, type Events } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { FollowOrders } from '../use-cases/follow-orders';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly followOrders: FollowOrders) {}

  @EventPattern(OrderCreated)
  async created(@Payload() events: Events<typeof OrderCreated>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.followOrders.created(events, unitOfWork);
  }

  @EventPattern(OrderConfirmed)
  async confirmed(@Payload() events: Events<typeof OrderConfirmed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.followOrders.confirmed(events, unitOfWork);
  }

  @EventPattern(OrderCancelled)
  async cancelled(@Payload() events: Events<typeof OrderCancelled>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.followOrders.cancelled(events, unitOfWork);
  }
}
