import { traceFromText, traceIdOf } from '@app/events';
import { boundedPage, type Look, pageFrom, type PageRow } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { AuditEntry } from '../domain/audit-trail';
import type { OrderStatus, OrderWithLines } from '../domain/order';
import { entryFrom, OrderEventEntity } from './order-event.entity';
import { openOrders, overdueOrders, type OpenOrders } from './order.figures';
import { FIND, orderWithLinesFrom, WITH_LINES, type OrderRowWithLines } from './order-rows';
import { OrderEntity } from './order.entity';

/** What a list of orders is narrowed to. */
export interface OrderFilter {
  /** As it is stored: `7F3K-29QX`. One order has it, or none. */
  readonly orderNumber?: string;
  readonly userId?: string;
  readonly status?: OrderStatus;
  /** Only orders older than this one. */
  readonly before?: string;
}

/** What has happened to an order. */
export interface AuditTrail {
  readonly entries: readonly AuditEntry[];
  /** What the customer wrote when they cancelled; the trail has its hash alone. */
  readonly customerReason: string | null;
  /** In which it was placed; null in orders of before. */
  readonly traceId: string | null;
}

/** A part of a list, newest first. */
export interface OrderPage {
  readonly orders: readonly OrderWithLines[];
  /** The list goes on with what is older than this order; absent at its end. */
  readonly next: string | undefined;
}

/** Reads orders for people. */
@Injectable()
export class OrderReader {
  constructor(
    @InjectRepository(OrderEntity) private readonly orders: Repository<OrderEntity>,
    @InjectRepository(OrderEventEntity) private readonly trail: Repository<OrderEventEntity>,
  ) {}

  /** How many orders wait for something, by state. */
  open(): Promise<OpenOrders[]> {
    return openOrders((text, parameters) => this.orders.query(text, parameters));
  }

  /** How many open orders are past their deadline. */
  overdue(now: Date): ReturnType<typeof overdueOrders> {
    return overdueOrders((text, parameters) => this.orders.query(text, parameters), now);
  }

  /** By id, those that there are. SQL of its own: the hottest read, one pass with the lines and no entity to be made. */
  async findAll(orderIds: readonly string[]): Promise<Map<string, OrderWithLines>> {
    const rows = await this.orders.query<OrderRowWithLines[]>(FIND, [orderIds]);
    return new Map(rows.map((row) => [row.orderId, orderWithLinesFrom(row)]));
  }

  /** The audit trail of one order, oldest first; empty when there is no such order, or none of this owner. */
  async events(orderId: string, owner?: string): Promise<AuditTrail> {
    const select = { orderId: true, customerReason: true, traceparent: true } as const;
    const where = { orderId, ...(owner === undefined ? {} : { userId: owner }) };
    const order = await this.orders.findOne({ select, where });
    if (order === null) return { entries: [], customerReason: null, traceId: null };
    const entries = (await this.trail.find({ where: { orderId }, order: { number: 'ASC' } })).map(entryFrom);
    const { traceparent } = traceFromText(order.traceparent);
    return {
      entries,
      customerReason: order.customerReason,
      traceId: traceparent === undefined ? null : traceIdOf(traceparent),
    };
  }

  /**
   * Whatever the filter, a page costs a bounded look into an index that is in the order of the list: with `find` the bound could not be
   * said.
   */
  async page(filter: OrderFilter, limit: number): Promise<OrderPage> {
    const values: unknown[] = [];
    const look = lookFor(filter, values);
    const page = boundedPage(look, `$${values.push(limit + 1)}`);
    const rows = await this.orders.query<(OrderRowWithLines & PageRow)[]>(
      `SELECT page.*, found.* FROM (${page}) AS page
         LEFT JOIN LATERAL (${WITH_LINES} WHERE o.order_id = page.page_key) AS found ON true
       ORDER BY page.page_key DESC NULLS LAST`,
      values,
    );
    const { shown, next } = pageFrom(rows, limit);
    return { orders: shown.map(orderWithLinesFrom), next };
  }
}

/** @param values gets the values of the look. */
function lookFor(filter: OrderFilter, values: unknown[]): Look {
  const { orderNumber, userId, status, before } = filter;
  if (orderNumber !== undefined) return lookForNumber(orderNumber, filter, values);
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
  const wanted = [`status = $${values.push(status)}`];
  const isAmongOpen = status !== 'cancelled' && status !== 'confirmed' && userId === undefined;
  return { ...look, scope: isAmongOpen ? ['open_until IS NOT NULL'] : [], wanted };
}

/** Whatever else is asked for is tried on that one order. */
function lookForNumber(orderNumber: string, { userId, status, before }: OrderFilter, values: unknown[]): Look {
  const scope = [`order_number = $${values.push(orderNumber)}::text`];
  const wanted = [
    ...(userId === undefined ? [] : [`user_id = $${values.push(userId)}::text`]),
    ...(status === undefined ? [] : [`status = $${values.push(status)}`]),
  ];
  return {
    table: 'orders',
    key: 'order_id',
    before: before === undefined ? undefined : `$${values.push(before)}::uuid`,
    scope,
    wanted,
  };
}
