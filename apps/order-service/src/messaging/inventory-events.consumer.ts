import { InventoryInsufficient, InventoryUpdated, type Events, type ReceivedEvent } from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { StockDetails } from '../domain/audit-details';
import type { OrderClaims } from '../domain/order-claims';
import type { OrderTrigger } from '../domain/order-lifecycle';
import { AdvanceOrders } from '../use-cases/advance-orders';
import { inputsOf } from './inputs';

@Controller()
export class InventoryEventsConsumer {
  constructor(private readonly advanceOrders: AdvanceOrders) {}

  @EventPattern(InventoryUpdated)
  async updated(@Payload() events: Events<typeof InventoryUpdated>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, triggerOfChange, customer));
  }

  @EventPattern(InventoryInsufficient)
  async insufficient(
    @Payload() events: Events<typeof InventoryInsufficient>,
    @Ctx() unitOfWork: UnitOfWork,
  ): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'inventory_insufficient', customer, shortagesIn));
  }
}

function triggerOfChange({ payload }: ReceivedEvent<typeof InventoryUpdated>): OrderTrigger {
  return payload.change === 'taken' ? 'stock_taken' : 'stock_returned';
}

/** Of an order's goods the order service keeps what was ordered; of the stock it knows no more than whose it is. */
function customer({ user_id: userId }: { readonly user_id: string }): OrderClaims {
  return { userId };
}

function shortagesIn({ shortages }: InventoryInsufficient): StockDetails {
  return {
    shortages: shortages.map(({ product_id, requested, available, reason }) => {
      return { product_id, requested, available, reason };
    }),
  };
}
