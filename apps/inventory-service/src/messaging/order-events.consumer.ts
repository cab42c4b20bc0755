import { OrderCancelled, type ReceivedEvent } from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import type { StockNews } from '../domain/stock-allocation';
import { SettleStock } from '../use-cases/settle-stock';
import { newsOf } from './news';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly settleStock: SettleStock) {}

  @OnEvent(OrderCancelled)
  async cancelled(events: readonly ReceivedEvent<typeof OrderCancelled>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.settleStock.enqueue(unitOfWork, newsOf(events, cancelled));
  }
}

function cancelled({ user_id: userId }: OrderCancelled): StockNews {
  return { type: 'order_cancelled', userId };
}
