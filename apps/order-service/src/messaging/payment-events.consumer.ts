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
import type { PaymentDetails } from '../domain/audit-details';
import type { OrderClaims } from '../domain/order-claims';
import type { OrderTrigger } from '../domain/order-lifecycle';
import { AdvanceOrders } from '../use-cases/advance-orders';
import { inputsOf } from './inputs';

@Controller()
export class PaymentEventsConsumer {
  constructor(private readonly advanceOrders: AdvanceOrders) {}

  @EventPattern(PaymentSuccessful)
  async successful(@Payload() events: Events<typeof PaymentSuccessful>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_successful', wholePayment, held));
  }

  @EventPattern(PaymentFailed)
  async failed(@Payload() events: Events<typeof PaymentFailed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_failed', wholePayment, refused));
  }

  @EventPattern(PaymentCaptured)
  async captured(@Payload() events: Events<typeof PaymentCaptured>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_captured', capturedPayment, collected));
  }

  @EventPattern(PaymentRefunded)
  async refunded(@Payload() events: Events<typeof PaymentRefunded>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, triggerOfRefund, wholePayment, givenBack));
  }

  @EventPattern(PaymentAdjusted)
  async adjusted(@Payload() events: Events<typeof PaymentAdjusted>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.advanceOrders.enqueue(unitOfWork, inputsOf(events, 'payment_adjusted', partsOfPayment, adjustment));
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

function held({ payment_id, amount }: PaymentSuccessful): PaymentDetails {
  return { payment_id, amount };
}

function refused({ payment_id, amount, reason }: PaymentFailed): PaymentDetails {
  return { payment_id, amount, decline_reason: reason };
}

function collected({ payment_id, captured_amount }: PaymentCaptured): PaymentDetails {
  return { payment_id, captured_amount };
}

function givenBack({ payment_id, amount, method, initiator }: PaymentRefunded): PaymentDetails {
  return { payment_id, amount, refund_method: method, ...(initiator && { initiator }) };
}

function adjustment(adjusted: PaymentAdjusted): PaymentDetails {
  const { payment_id, given_back, captured_amount, refunded_amount, dispute } = adjusted;
  return { payment_id, given_back, captured_amount, refunded_amount, ...(dispute && { dispute }) };
}
