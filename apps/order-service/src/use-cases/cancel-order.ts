import type { Trace } from '@app/events';
import { Transactions, Turns } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { saltedHash } from '../domain/salted-hash';
import { Salts } from '../persistence/salts';
import { AdvanceOrders, type OrderInput } from './advance-orders';

/** A request to cancel an order. */
export interface CancelOrderCommand {
  readonly orderId: string;
  /** In the customer's own words. */
  readonly reason?: string;
  /** Of the request. */
  readonly trace: Trace;
}

/**
 * Cancels an order for its customer, whatever state it is in; cancelling a cancelled order changes nothing, and leaves the reason that
 * was given first, if any.
 */
@Injectable()
export class CancelOrder {
  private readonly turns = new Turns();

  constructor(
    private readonly transactions: Transactions,
    private readonly advance: AdvanceOrders,
    private readonly salts: Salts,
  ) {}

  /** @throws DomainError `ORDER.NOT_FOUND` */
  async execute({ orderId, reason, trace }: CancelOrderCommand): Promise<void> {
    const news: OrderInput = {
      orderId,
      trigger: 'cancel_requested',
      actor: 'customer',
      cause: trace,
      ...(reason === undefined ? {} : this.explained(reason)),
    };
    await this.turns.take(orderId, () =>
      this.transactions.run((unitOfWork) => this.advance.enqueue(unitOfWork, [news])),
    );
  }

  private explained(text: string): Pick<OrderInput, 'details' | 'customerReason'> {
    const salt = this.salts.next();
    return {
      details: { customer_reason_hash: saltedHash(salt, 'customer_reason', text) },
      customerReason: { text, salt },
    };
  }
}
