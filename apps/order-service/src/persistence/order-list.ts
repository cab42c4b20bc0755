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

/**
 * How many orders are looked at for one page. A filter that hardly any order passes would have the whole table read otherwise;
 * with it a page is shorter than asked for, or empty, and the list goes on behind it.
 */
const LOOKED_AT = 10_000;

/** Reads lists of orders. Whatever the filter, a page costs a bounded look into an index that is in the order of the list. */
@Injectable()
export class OrderList {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async page(filter: OrderFilter, limit: number): Promise<OrderPage> {
    const values: unknown[] = [];
    const ids = this.idsOf(filter, values);
    // The last order that is shown ends the page; one more tells whether there is a next one.
    const rows = await this.dataSource.query<FoundRow[]>(
      `SELECT * FROM (SELECT order_id AS id FROM (${ids}) AS matching ORDER BY order_id DESC LIMIT $${values.push(limit + 1)})
         AS page, LATERAL (${WITH_LINES} WHERE o.order_id = page.id) AS found ORDER BY page.id DESC`,
      values,
    );
    const orders = rows.slice(0, limit).map(orderWithLinesFrom);
    const next = rows.length > limit ? orders.at(-1)?.order.orderId : await this.endOfLook(filter);
    return { orders, next };
  }

  /** Where the look for one page ends, unless the list ends before it. */
  private async endOfLook(filter: OrderFilter): Promise<string | undefined> {
    if (!isLookedThrough(filter)) return undefined;
    const values: unknown[] = [];
    const [row] = await this.dataSource.query<{ order_id: string }[]>(
      `SELECT order_id FROM orders ${whereOf(filter, values)} ORDER BY order_id DESC OFFSET ${LOOKED_AT - 1} LIMIT 1`,
      values,
    );
    return row?.order_id;
  }

  private idsOf(filter: OrderFilter, values: unknown[]): string {
    const { status } = filter;
    const where = whereOf(filter, values);
    if (status === undefined) return `SELECT order_id FROM orders ${where}`;
    if (isLookedThrough(filter)) {
      return `SELECT order_id FROM (
        SELECT order_id, status FROM orders ${where} ORDER BY order_id DESC LIMIT ${LOOKED_AT}
      ) AS looked_at WHERE status = $${values.push(status)}`;
    }
    // The conditions of the partial indexes, none of which has a column that changes while an order is on its way.
    if (status === 'cancelled') return `SELECT order_id FROM orders ${where} AND cancellation_reason IS NOT NULL`;
    // OFFSET 0 keeps the few orders that are open from being looked for among all, in the order of the list.
    return `SELECT order_id FROM orders ${where} AND open_until IS NOT NULL AND status = $${values.push(status)} OFFSET 0`;
  }
}

/** Whether the status is looked for in a list that no index narrows down to it. */
function isLookedThrough({ userId, status }: OrderFilter): boolean {
  return status !== undefined && (userId !== undefined || status === 'confirmed');
}

function whereOf({ userId, before }: OrderFilter, values: unknown[]): string {
  const conditions = ['true'];
  if (userId !== undefined) conditions.push(`user_id = $${values.push(userId)}`);
  if (before !== undefined) conditions.push(`order_id < $${values.push(before)}`);
  return `WHERE ${conditions.join(' AND ')}`;
}
