import {
  PaymentAdjusted,
  PaymentCaptured,
  PaymentFailed,
  PaymentRefunded,
  PaymentSuccessful,
  toMinorUnits,
  type Events,
  type ReceivedEvent,
} from '@app/events';
import { EventPattern, type UnitOfWork } from '@app/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { OrderClaims } from '../domain/order-claims';
import type { OrderTrigger } from '../domain/order-lifecycle';
import { AdvanceOrders } from '../use-cases/advance-orders';
import { inputsOf } from './inputs';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly advanceOrders: AdvanceOrders) {}

  @EventPattern(PaymentSuccessful)
  async successful(@Payload() events: Events<typeof PaymentSuccessful>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_successful', wholePayment));
  }

  @EventPattern(PaymentFailed)
  async failed(@Payload() events: Events<typeof PaymentFailed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_failed', wholePayment));
  }

  @EventPattern(PaymentCaptured)
  async captured(@Payload() events: Events<typeof PaymentCaptured>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, newsOf(events, 'payment_captured', capturedPayment));
  }

  @EventPattern(PaymentRefunded)
  async refunded(@Payload() events: Events<typeof PaymentRefunded>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, triggerOfRefund, wholePayment));
  }

  @EventPattern(PaymentAdjusted)
  async adjusted(@Payload() events: Events<typeof PaymentAdjusted>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_adjusted', partsOfPayment));
  }
}

/** Money that nobody here asked to be given back ends the order; otherwise the cancellation came first. */
function triggerOfRefund({ payload }: ReceivedEvent<typeof PaymentRefunded>): OrderTrigger {
  return payload.initiator === undefined ? 'payment_refunded' : 'payment_reversed';
}

type Payment = Pick<PaymentFailed, 'user_id' | 'payment_method' | 'currency' | 'amount'>;

function wholePayment({ user_id: userId, payment_method: paymentMethod, currency, amount }: Payment): OrderClaims {
  return { userId, paymentMethod, currency, total: toMinorUnits(amount) };
}

function capturedPayment(captured: PaymentCaptured): OrderClaims {
  return { ...wholePayment(captured), parts: [toMinorUnits(captured.captured_amount)] };
}

function partsOfPayment(adjusted: PaymentAdjusted): OrderClaims {
  const { user_id: userId, payment_method: paymentMethod, currency } = adjusted;
  const parts = [adjusted.given_back, adjusted.refunded_amount, adjusted.captured_amount].map(toMinorUnits);
  return { userId, paymentMethod, currency, parts };
}
