import { Injectable } from '@nestjs/common';
import { OrderList, type OrderFilter, type OrderPage } from '../persistence/order-list';

/** Lists orders, newest first. */
@Injectable()
export class ListOrders {
  constructor(private readonly lists: OrderList) {}

  /** A page may have fewer orders than `limit` although there is a next one. */
  execute(filter: OrderFilter, limit: number): Promise<OrderPage> {
    return this.lists.page(filter, limit);
  }
}
