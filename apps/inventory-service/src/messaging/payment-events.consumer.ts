import { PaymentSuccessful, type ReceivedEvent } from '@app/events';
import { OnEvent, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import type { StockNews } from '../domain/stock-allocation';
import { SettleStock } from '../use-cases/settle-stock';
import { newsOf } from './news';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly settleStock: SettleStock) {}

  @OnEvent(PaymentSuccessful)
  async successful(events: readonly ReceivedEvent<typeof PaymentSuccessful>[], unitOfWork: UnitOfWork): Promise<void> {
    await this.settleStock.enqueue(unitOfWork, newsOf(events, paid));
  }
}

function paid({ user_id: userId, items }: PaymentSuccessful): StockNews {
  const lines = items.map(({ product_id: productId, quantity }) => ({ productId, quantity }));
  return { type: 'payment_successful', userId, items: lines };
}
