import { toMinorUnits } from '@app/events';
import { Injectable } from '@nestjs/common';
import { NotSoMuchLeft } from '../domain/payment.errors';
import { SimulatedGateway } from '../gateway/simulated-gateway';
import { HandlePaymentHint } from './handle-payment-hint';

/** Plays an operator who gives money back in the simulated gateway's own pages, and the event that the gateway sends of it. */
@Injectable()
export class RefundByHand {
  constructor(
    private readonly gateway: SimulatedGateway,
    private readonly hints: HandlePaymentHint,
  ) {}

  /** @param amount As on the wire; all that is left without it. @throws NotSoMuchLeft */
  async execute(orderId: string, amount?: number): Promise<void> {
    const hint = await this.gateway.refundByHand(orderId, amount === undefined ? undefined : toMinorUnits(amount));
    if (hint !== undefined) return this.hints.execute(hint);
    throw new NotSoMuchLeft();
  }
}
