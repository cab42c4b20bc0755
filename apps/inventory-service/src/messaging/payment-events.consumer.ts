import { PaymentSuccessful, type Events } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { StockEvent } from '../domain/stock-allocation';
import { SettleStock } from '../use-cases/settle-stock';
import { inputsOf } from './inputs';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly settleStock: SettleStock) {}

  @EventPattern(PaymentSuccessful)
  async successful(@Payload() events: Events<typeof PaymentSuccessful>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.settleStock.enqueue(unitOfWork, inputsOf(events, paid));
  }
}

function paid({ user_id: userId, items }: PaymentSuccessful): StockEvent {
  const lines = items.map(({ product_id: productId, quantity }) => ({ productId, quantity }));
  return { type: 'payment_successful', userId, items: lines };
}
