import { InventoryInsufficient, InventoryUpdated, type ReceivedEvent } from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { AdvanceOrders } from '../use-cases/advance-orders';
import { newsOf } from './news';

@Controller()
export class InventoryEventsConsumer {
  constructor(private readonly advanceOrders: AdvanceOrders) {}

  @OnEvent(InventoryUpdated)
  async updated(events: readonly ReceivedEvent<typeof InventoryUpdated>[], unitOfWork: UnitOfWork): Promise<void> {
    const news = newsOf(events, ({ payload }) => (payload.change === 'taken' ? 'stock_taken' : 'stock_returned'));
    await this.advanceOrders.execute(unitOfWork, news);
  }

  @OnEvent(InventoryInsufficient)
  async insufficient(
    events: readonly ReceivedEvent<typeof InventoryInsufficient>[],
    unitOfWork: UnitOfWork,
  ): Promise<void> {
    await this.advanceOrders.execute(unitOfWork, newsOf(events, 'inventory_insufficient'));
  }
}
