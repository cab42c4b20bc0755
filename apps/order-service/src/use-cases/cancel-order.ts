import { Transactions, Turns } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { AdvanceOrders } from './advance-orders';

/** Cancels an order for its customer, whatever state it is in; cancelling a cancelled order changes nothing. */
@Injectable()
export class CancelOrder {
  private readonly turns = new Turns();

  constructor(
    private readonly transactions: Transactions,
    private readonly advance: AdvanceOrders,
  ) {}

  /** @throws DomainError `ORDER.NOT_FOUND` */
  async execute(orderId: string, traceparent?: string): Promise<void> {
    const cause = traceparent === undefined ? {} : { traceparent };
    await this.turns.take(orderId, () =>
      this.transactions.run((unitOfWork) =>
        this.advance.enqueue(unitOfWork, [{ orderId, trigger: 'cancel_requested', actor: 'customer', cause }]),
      ),
    );
  }
}
