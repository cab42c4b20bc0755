import { Injectable } from '@nestjs/common';
import { isSettled } from '../domain/order';
import { OrderCache } from '../persistence/order-cache';
import type { OrderEventEntity } from '../persistence/order-event.entity';
import type { OrderEntity } from '../persistence/order.entity';
import { OrderRepository, type OrderFilter } from '../persistence/order.repository';
import { orderNotFound } from './cancel-order';
import { SettledOrders } from './settled-orders';

/** Reads orders. */
@Injectable()
export class GetOrder {
  constructor(
    private readonly orders: OrderRepository,
    private readonly cache: OrderCache,
    private readonly settled: SettledOrders,
  ) {}

  /**
   * An order in the form `view` gives it, from the cache when it is settled. With `waitMs` the answer comes when the order
   * is settled, or when that time is up. @throws DomainError `ORDER.NOT_FOUND`
   */
  async execute<View extends { readonly status: OrderEntity['status'] }>(
    orderId: string,
    view: (row: OrderEntity) => View,
    waitMs = 0,
  ): Promise<View> {
    const found = await this.read(orderId, view);
    if (waitMs === 0 || isSettled(found)) return found;
    await this.settled.untilSettled(orderId, waitMs);
    return this.read(orderId, view);
  }

  /** Newest first. */
  async list(filter: OrderFilter, limit: number): Promise<OrderEntity[]> {
    return this.orders.list(filter, limit);
  }

  /** The audit trail, oldest first. @throws DomainError `ORDER.NOT_FOUND` */
  async events(orderId: string): Promise<OrderEventEntity[]> {
    const events = await this.orders.events(orderId);
    if (events.length === 0) throw orderNotFound(orderId);
    return events;
  }

  private async read<View extends { readonly status: OrderEntity['status'] }>(
    orderId: string,
    view: (row: OrderEntity) => View,
  ): Promise<View> {
    const load = async (): Promise<View | undefined> => {
      const row = await this.orders.find(orderId);
      return row === null ? undefined : view(row);
    };
    const found = await this.cache.read(orderId, load, isSettled);
    if (found === undefined) throw orderNotFound(orderId);
    return found;
  }
}
