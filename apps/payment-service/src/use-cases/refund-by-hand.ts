import { toMinorUnits } from '@app/events';
import { DomainError } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { SimulatedGateway } from '../gateway/simulated-gateway';
import { HearOfPayments } from './hear-of-payments';

/** Plays an operator who gives money back in the simulated gateway's own pages, and the news that the gateway sends of it. */
@Injectable()
export class RefundByHand {
  constructor(
    private readonly gateway: SimulatedGateway,
    private readonly hear: HearOfPayments,
  ) {}

  /** @param amount As on the wire; all that is left without it. @throws DomainError `SIMULATOR.NOT_SO_MUCH_LEFT` */
  async run(orderId: string, amount?: number): Promise<void> {
    const news = await this.gateway.refundByHand(orderId, amount === undefined ? undefined : toMinorUnits(amount));
    if (news !== undefined) return this.hear.take(news);
    throw new DomainError({
      code: 'SIMULATOR.NOT_SO_MUCH_LEFT',
      kind: 'conflict',
      message: 'The amount exceeds what has been captured for the order and not yet refunded.',
    });
  }
}
