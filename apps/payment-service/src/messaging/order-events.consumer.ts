import {
  causeOf,
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  toMinorUnits,
  type EventEnvelope,
  type Events,
  type ReceivedEvent,
} from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { OrderInput } from '../domain/payment-input';
import { AdvancePayments } from '../use-cases/advance-payments';

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

/** Each order is to be paid: its amount is held first. */
function toBePaid(event: ReceivedEvent<typeof OrderCreated>): OrderInput {
  const { payment_method: paymentMethod, items } = event.payload;
  const paid = items.map(({ product_id: productId, quantity }) => ({ productId, quantity }));
  return { kind: 'order_created', ...commonFields(event), paymentMethod, items: paid };
}

/** The hold is to be collected. */
function toBeCollected(event: ReceivedEvent<typeof OrderConfirmed>): OrderInput {
  return { kind: 'order_confirmed', ...commonFields(event) };
}

/** The money is to go back, or never to be taken. */
function toBeReturned(event: ReceivedEvent<typeof OrderCancelled>): OrderInput {
  return { kind: 'order_cancelled', ...commonFields(event), paymentMethod: event.payload.payment_method };
}

function commonFields(event: EventEnvelope<OrderConfirmed>) {
  const { user_id: userId, currency, total_amount: total } = event.payload;
  return { orderId: event.orderId, userId, currency, amount: toMinorUnits(total), cause: causeOf(event) };
}
