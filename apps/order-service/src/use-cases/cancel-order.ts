import type { Trace } from '@app/events';
import { Transactions, Turns } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { OrderNotFound } from '../domain/order.errors';
import { saltedHash } from '../domain/salted-hash';
import { OrderRepository } from '../persistence/order.repository';
import { Salts } from '../persistence/random-values';
import { AdvanceOrders, type OrderInput } from './advance-orders';

/** A request to cancel an order. */
export interface CancelOrderCommand {
  readonly orderId: string;
  /** It is cancelled only if it is this user's. */
  readonly owner?: string | undefined;
  /** Who cancels it, as the audit trail is to name them. */
  readonly actor: string;
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
    private readonly orders: OrderRepository,
    private readonly advance: AdvanceOrders,
    private readonly salts: Salts,
  ) {}

  /** @throws DomainError `ORDER.NOT_FOUND` */
  async execute({ orderId, owner, actor, reason, trace }: CancelOrderCommand): Promise<void> {
    const input: OrderInput = {
      orderId,
      trigger: 'cancel_requested',
      actor,
      cause: trace,
      ...(reason === undefined ? {} : this.explained(reason)),
    };
    await this.turns.take(orderId, () =>
      this.transactions.run(async (unitOfWork) => {
        // An order never changes its owner, so this holds until the lock is taken too.
        const isTheirs = owner === undefined || (await this.orders.isOwnedBy(unitOfWork, orderId, owner));
        if (!isTheirs) throw new OrderNotFound(orderId);
        await this.advance.enqueue(unitOfWork, [input]);
      }),
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
