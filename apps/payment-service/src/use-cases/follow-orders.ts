import {
  toMinorUnits,
  type Cause,
  type EventEnvelope,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
} from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { OrderInput } from '../domain/payment-input';
import { AdvancePayments } from './advance-payments';

type Received<Payload> = readonly EventEnvelope<Payload>[];

/** Turns what the order service says into what it means for the payments. */
@Injectable()
export class FollowOrders {
  constructor(private readonly payments: AdvancePayments) {}

  /** Each order is to be paid: its amount is held first. */
  async created(events: Received<OrderCreated>, unitOfWork: UnitOfWork): Promise<void> {
    const inputs = events.map((event): OrderInput => {
      const { payment_method: paymentMethod, items } = event.payload;
      const paid = items.map(({ product_id: productId, quantity }) => ({ productId, quantity }));
      return { kind: 'order_created', ...factsOf(event), paymentMethod, items: paid };
    });
    await this.payments.begin(unitOfWork, inputs);
  }

  /** The holds are to be collected. */
  async confirmed(events: Received<OrderConfirmed>, unitOfWork: UnitOfWork): Promise<void> {
    const inputs = events.map((event): OrderInput => ({ kind: 'order_confirmed', ...factsOf(event) }));
    await this.payments.advance(unitOfWork, inputs);
  }

  /** The money is to go back, or never to be taken. */
  async cancelled(events: Received<OrderCancelled>, unitOfWork: UnitOfWork): Promise<void> {
    const inputs = events.map((event): OrderInput => {
      return { kind: 'order_cancelled', ...factsOf(event), paymentMethod: event.payload.payment_method };
    });
    await this.payments.advance(unitOfWork, inputs);
  }
}

function factsOf(event: EventEnvelope<OrderConfirmed>) {
  const { user_id: userId, currency, total_amount: total } = event.payload;
  return { orderId: event.orderId, userId, currency, amount: toMinorUnits(total), cause: causeOf(event) };
}

function causeOf({ id, cause: { correlationId, traceparent } }: EventEnvelope): Cause {
  return { correlationId, causationId: id, ...(traceparent === undefined ? {} : { traceparent }) };
}
