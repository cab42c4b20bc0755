import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../domain/audit-trail';
import { isSettled, type OrderWithLines } from '../domain/order';
import { OrderCache } from '../persistence/order-cache';
import { OrderReader, type OrderFilter, type OrderPage } from '../persistence/order.reader';
import { BatchedReads } from './batched-reads';
import { orderNotFound, readsOverloaded } from './order.errors';
import { SettledOrders } from './settled-orders';

/** The form in which a reader wants an order. */
export type OrderView<View> = (order: OrderWithLines) => View;

/** Reads orders. */
@Injectable()
export class GetOrder {
  private readonly reads: BatchedReads<OrderWithLines>;

  constructor(
    private readonly orders: OrderReader,
    private readonly cache: OrderCache,
    private readonly settled: SettledOrders,
  ) {
    this.reads = new BatchedReads((orderIds) => orders.findAll(orderIds), readsOverloaded);
  }

  /** An order as it is now, from the cache when it can not change any more. @throws DomainError `ORDER.NOT_FOUND` */
  async execute<View>(orderId: string, view: OrderView<View>): Promise<View> {
    return view(await this.read(orderId));
  }

  /**
   * The same as soon as the order is settled, or as it is when `waitMs` is up or `gone` aborts.
   * @throws DomainError `ORDER.NOT_FOUND`, at once
   */
  async settledWithin<View>(waitMs: number, orderId: string, view: OrderView<View>, gone: AbortSignal): Promise<View> {
    const answered = new AbortController();
    const settled = this.settled.untilSettled(orderId, AbortSignal.any([gone, answered.signal]));
    const timer = setTimeout(() => answered.abort(), waitMs);
    try {
      const found = await this.read(orderId);
      if (isSettled(found.order)) return view(found);
      await settled;
      // Whoever waits for the same order is woken at the same moment, and reads it together with the others.
      return view(gone.aborted ? found : known(await this.reads.read(orderId), orderId));
    } finally {
      clearTimeout(timer);
      answered.abort();
    }
  }

  private async read(orderId: string): Promise<OrderWithLines> {
    return known(await this.cache.read(orderId, () => this.reads.read(orderId)), orderId);
  }

  /** Newest first. A page may have fewer orders than `limit` although there is a next one. */
  async list(filter: OrderFilter, limit: number): Promise<OrderPage> {
    return this.orders.page(filter, limit);
  }

  /** The audit trail, oldest first. @throws DomainError `ORDER.NOT_FOUND` */
  async events(orderId: string): Promise<AuditEntry[]> {
    const events = await this.orders.events(orderId);
    if (events.length === 0) throw orderNotFound(orderId);
    return events;
  }
}

function known(found: OrderWithLines | undefined, orderId: string): OrderWithLines {
  if (found === undefined) throw orderNotFound(orderId);
  return found;
}
