import { OrderCancelled, OrderConfirmed, OrderCreated, type Events } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { AdvancePayments } from '../use-cases/advance-payments';
import { toBeCollected, toBePaid, toBeReturned } from './inputs';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly advancePayments: AdvancePayments) {}

  @EventPattern(OrderCreated)
  async created(@Payload() events: Events<typeof OrderCreated>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advancePayments.enqueue(unitOfWork, events.map(toBePaid));
  }

  @EventPattern(OrderConfirmed)
  async confirmed(@Payload() events: Events<typeof OrderConfirmed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advancePayments.enqueue(unitOfWork, events.map(toBeCollected));
  }

  @EventPattern(OrderCancelled)
  async cancelled(@Payload() events: Events<typeof OrderCancelled>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advancePayments.enqueue(unitOfWork, events.map(toBeReturned));
  }
}
