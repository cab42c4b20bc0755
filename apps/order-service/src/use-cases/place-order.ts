import type { Cause } from '@app/events';
import { Overloaded, SharedTransactions, Transactions } from '@app/messaging';
import { Clock, Ids } from '@app/platform';
import { CommitOutcomeUnknown } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { OrderWithLines } from '../domain/order';
import { OrdersOverloaded, OutcomeUnknown } from '../domain/order.errors';
import { placeOrder, type OrderRequest } from '../domain/place-order';
import { IdempotencyKeys, type StoredAnswer } from '../persistence/idempotency-keys';
import { OrderRepository } from '../persistence/order.repository';
import { OrderMetrics } from '../metrics/order-metrics';
import { OrderNumbers, Salts } from '../persistence/random-values';
import { PlaceOrderOptions } from './place-order.options';
import { StoreOrders, type PlacedOrder, type Placing } from './store-orders';

/** A request to place an order. */
export interface PlaceOrderCommand {
  readonly request: OrderRequest;
  readonly idempotencyKey?: string;
  readonly cause: Cause;
  /** Whose Idempotency-Key it is. */
  readonly subject: string;
  /** Who places it, as the audit trail is to name them. */
  readonly actor: string;
  /** Makes the answer, which is stored with the key: a repeated request gets the same bytes. */
  readonly answer: (placed: OrderWithLines) => StoredAnswer;
}

/** Places orders. Requests that arrive together share one transaction; each is still accepted or refused for itself. */
@Injectable()
export class PlaceOrder {
  private readonly shared: SharedTransactions<Placing, PlacedOrder>;

  constructor(
    private readonly options: PlaceOrderOptions,
    transactions: Transactions,
    orders: OrderRepository,
    keys: IdempotencyKeys,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly numbers: OrderNumbers,
    salts: Salts,
    metrics: OrderMetrics,
  ) {
    const store = new StoreOrders(orders, keys, numbers, salts, metrics);
    this.shared = new SharedTransactions(transactions, store, options.group);
  }

  /**
   * Resolves when the order, its event and its idempotency key are committed.
   * @throws OrderTotalTooLarge, IdempotencyKeyReused, IdempotencyKeyInUse, OrdersOverloaded; OutcomeUnknown when nobody can tell.
   */
  async execute(command: PlaceOrderCommand): Promise<PlacedOrder> {
    const { request, cause, answer: answerFor } = command;
    const identity = { orderId: this.ids.next(), orderNumber: this.numbers.next(), correlationId: cause.correlationId };
    const order = placeOrder(request, identity, this.clock.now(), this.options.deadlineMs);
    const answer = answerFor({ order, lines: request.lines, cancellation: {} });
    return this.shared.submit({ ...command, answerFor, order, answer }).catch((error: unknown) => {
      if (error instanceof Overloaded) throw new OrdersOverloaded();
      throw error instanceof CommitOutcomeUnknown ? new OutcomeUnknown(order.orderId, error) : error;
    });
  }
}
