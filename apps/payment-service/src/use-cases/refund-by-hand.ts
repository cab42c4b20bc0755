import { toMinorUnits } from '@app/events';
import { Injectable } from '@nestjs/common';
import { NotSoMuchLeft } from '../domain/payment.errors';
import { SimulatedGateway } from '../gateway/simulated-gateway';
import { HearOfPayments } from './hear-of-payments';

/** Plays an operator who gives money back in the simulated gateway's own pages, and the news that the gateway sends of it. */
@Injectable()
export class RefundByHand {
  constructor(
    private readonly gateway: SimulatedGateway,
    private readonly hear: HearOfPayments,
  ) {}

  /** @param amount As on the wire; all that is left without it. @throws NotSoMuchLeft */
  async execute(orderId: string, amount?: number): Promise<void> {
    const news = await this.gateway.refundByHand(orderId, amount === undefined ? undefined : toMinorUnits(amount));
    if (news !== undefined) return this.hear.execute(news);
    throw new NotSoMuchLeft();
  }
}
