import { boundedLook, endOfLook, type Look } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { OrderStatus, OrderWithLines } from '../domain/order';
import { orderWithLinesFrom, WITH_LINES, type FoundRow } from './order-rows';

/** What a list of orders is narrowed to. */
export interface OrderFilter {
  readonly userId?: string;
  readonly status?: OrderStatus;
  /** Only orders older than this one. */
  readonly before?: string;
}

/** A part of a list, newest first. */
export interface OrderPage {
  readonly orders: readonly OrderWithLines[];
  /** The list goes on with what is older than this order; absent at its end. */
  readonly next: string | undefined;
}

/** Reads lists of orders. Whatever the filter, a page costs a bounded look into an index that is in the order of the list. */
@Injectable()
export class OrderList {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async page(filter: OrderFilter, limit: number): Promise<OrderPage> {
    const values: unknown[] = [];
    const look = lookFor(filter, values);
    // The last order that is shown ends the page; one more tells whether there is a next one.
    const ids = boundedLook(look, `$${values.push(limit + 1)}`);
    const rows = await this.dataSource.query<FoundRow[]>(
      `SELECT * FROM (SELECT order_id AS id FROM (${ids}) AS matching) AS page,
         LATERAL (${WITH_LINES} WHERE o.order_id = page.id) AS found ORDER BY page.id DESC`,
      values,
    );
    const orders = rows.slice(0, limit).map(orderWithLinesFrom);
    return { orders, next: rows.length > limit ? orders.at(-1)?.order.orderId : await this.endOf(filter) };
  }

  /** Where the look for one page ends, unless the list ends before it. */
  private async endOf(filter: OrderFilter): Promise<string | undefined> {
    const values: unknown[] = [];
    const statement = endOfLook(lookFor(filter, values, []));
    if (statement === undefined) return undefined;
    const [row] = await this.dataSource.query<{ order_id: string }[]>(statement, values);
    return row?.order_id;
  }
}

/**
 * @param values gets the values of what bounds the look.
 * @param tried gets those of the conditions to be tried; the end of a look has no use for them.
 */
function lookFor({ userId, status, before }: OrderFilter, values: unknown[], tried = values): Look {
  const look: Look = {
    table: 'orders',
    key: 'order_id',
    of: userId === undefined ? undefined : { column: 'user_id', value: `$${values.push(userId)}::text` },
    before: before === undefined ? undefined : `$${values.push(before)}::uuid`,
    wanted: [],
  };
  if (status === undefined) return look;
  // The conditions of the partial indexes, none of which has a column that changes while an order is on its way.
  if (status === 'cancelled' && userId === undefined) return { ...look, scope: ['cancellation_reason IS NOT NULL'] };
  const wanted = [`status = $${tried.push(status)}`];
  const isAmongOpen = status !== 'cancelled' && status !== 'confirmed' && userId === undefined;
  return { ...look, scope: isAmongOpen ? ['open_until IS NOT NULL'] : [], wanted };
}
