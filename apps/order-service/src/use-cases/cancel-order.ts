import { Transactions } from '@app/messaging';
import { DomainError } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { OrderRepository } from '../persistence/order.repository';
import { AdvanceOrders } from './advance-orders';

/** Cancels an order for its customer, whatever state it is in; cancelling a cancelled order changes nothing. */
@Injectable()
export class CancelOrder {
  constructor(
    private readonly transactions: Transactions,
    private readonly advance: AdvanceOrders,
    private readonly orders: OrderRepository,
  ) {}

  /** @throws DomainError `ORDER.NOT_FOUND` */
  async execute(orderId: string, traceparent?: string): Promise<void> {
    await this.transactions.run(async (unitOfWork) => {
      if (!(await this.orders.exists(unitOfWork, orderId))) throw orderNotFound(orderId);
      const trace = traceparent === undefined ? {} : { traceparent };
      await this.advance.execute(unitOfWork, [{ orderId, trigger: 'cancel_requested', actor: 'customer', ...trace }]);
    });
  }
}

/** Nobody has placed an order with this id. */
export function orderNotFound(orderId: string): DomainError {
  return new DomainError({ code: 'ORDER.NOT_FOUND', kind: 'not_found', message: `There is no order ${orderId}.` });
}
