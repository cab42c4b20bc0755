import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../domain/audit-trail';
import { isSettled, type OrderStatus, type OrderWithLines } from '../domain/order';
import { OrderCache } from '../persistence/order-cache';
import { OrderRepository, type OrderFilter } from '../persistence/order.repository';
import { orderNotFound } from './order.errors';
import { SettledOrders } from './settled-orders';

/** The form in which a reader wants an order; it must survive JSON, because it is cached. */
export type OrderView<View> = (order: OrderWithLines) => View;

/** Whatever the form, the state shows in it. */
interface WithStatus {
  readonly status: OrderStatus;
}

/** Reads orders. */
@Injectable()
export class GetOrder {
  constructor(
    private readonly orders: OrderRepository,
    private readonly cache: OrderCache,
    private readonly settled: SettledOrders,
  ) {}

  /** An order as it is now, from the cache when it is settled. @throws DomainError `ORDER.NOT_FOUND` */
  async execute<View extends WithStatus>(orderId: string, view: OrderView<View>): Promise<View> {
    const load = async (): Promise<View | undefined> => {
      const found = await this.orders.find(orderId);
      return found === undefined ? undefined : view(found);
    };
    const found = await this.cache.read(orderId, load, isSettled);
    if (found === undefined) throw orderNotFound(orderId);
    return found;
  }

  /**
   * The same as soon as the order is settled, or as it is when `waitMs` is up or `gone` aborts.
   * @throws DomainError `ORDER.NOT_FOUND`, at once
   */
  async settledWithin<View extends WithStatus>(
    waitMs: number,
    orderId: string,
    view: OrderView<View>,
    gone: AbortSignal,
  ): Promise<View> {
    const answered = new AbortController();
    const settled = this.settled.untilSettled(orderId, AbortSignal.any([gone, answered.signal]));
    const timer = setTimeout(() => answered.abort(), waitMs);
    try {
      const found = await this.execute(orderId, view);
      if (isSettled(found)) return found;
      await settled;
      return await this.execute(orderId, view);
    } finally {
      clearTimeout(timer);
      answered.abort();
    }
  }

  /** Newest first. */
  async list(filter: OrderFilter, limit: number): Promise<OrderWithLines[]> {
    return this.orders.list(filter, limit);
  }

  /** The audit trail, oldest first. @throws DomainError `ORDER.NOT_FOUND` */
  async events(orderId: string): Promise<AuditEntry[]> {
    const events = await this.orders.events(orderId);
    if (events.length === 0) throw orderNotFound(orderId);
    return events;
  }
}
