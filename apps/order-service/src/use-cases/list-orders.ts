import { Injectable } from '@nestjs/common';
import { OrderReader, type OrderFilter, type OrderPage } from '../persistence/order.reader';

export type { OrderFilter };

/** Lists orders, newest first. */
@Injectable()
export class ListOrders {
  constructor(private readonly reader: OrderReader) {}

  /** A page may have fewer orders than `limit` although there is a next one. */
  execute(filter: OrderFilter, limit: number): Promise<OrderPage> {
    return this.reader.page(filter, limit);
  }
}
