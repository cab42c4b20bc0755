import { OrderCancelled, type Events } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { StockEvent } from '../domain/stock-allocation';
import { SettleStock } from '../use-cases/settle-stock';
import { inputsOf } from './inputs';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly settleStock: SettleStock) {}

  @EventPattern(OrderCancelled)
  async cancelled(@Payload() events: Events<typeof OrderCancelled>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.settleStock.enqueue(unitOfWork, inputsOf(events, cancelled));
  }
}

function cancelled({ user_id: userId }: OrderCancelled): StockEvent {
  return { type: 'order_cancelled', userId };
}
