import { fromNumeric, toDecimal } from '@app/events';
import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { violatedConstraint } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AuditEntry, ChainHead } from '../domain/audit-trail';
import type { Order, OrderLine, OrderWithLines } from '../domain/order';
import { entryFrom, OrderEventEntity } from './order-event.entity';
import { COLUMNS, FIND, orderWithLinesFrom, type FoundRow, type LockedRow } from './order-rows';
import { orderFrom } from './order.entity';

/** An order that is locked for change, and where its audit trail ends. */
export interface LockedOrder {
  readonly order: Order;
  readonly head: ChainHead;
}

/** The unique index of order numbers. */
const ORDER_NUMBERS = 'orders_order_number_key';

const LOCK = `
  SELECT ${COLUMNS}
  FROM orders WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id FOR UPDATE`;

const LOCKED = lockedAmong('orders', 'order_id');

const STORED = 'SELECT order_id FROM orders WHERE order_id = ANY ($1::uuid[])';

const INSERT = `
  WITH placed AS (
    INSERT INTO orders (order_id, user_id, status, total_amount, currency, payment_method, correlation_id, deadline_at,
      event_count, last_event_hash, created_at, updated_at, order_number)
    SELECT order_id, user_id, 'pending', total, currency, method, correlation_id, deadline, 1, hash, created, created, number
    FROM unnest($1::uuid[], $2::text[], $3::numeric[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
      $8::timestamptz[], $9::text[], $17::text[])
      AS o (order_id, user_id, total, currency, method, correlation_id, deadline, created, hash, number)
  ), recorded AS (
    INSERT INTO order_events (order_id, number, event, to_status, actor, correlation_id, occurred_at, previous_hash, hash)
    SELECT order_id, 1, 'order_created', 'pending', 'customer', correlation_id, created, previous_hash, hash
    FROM unnest($1::uuid[], $6::text[], $8::timestamptz[], $10::text[], $9::text[])
      AS e (order_id, correlation_id, created, previous_hash, hash)
  )
  INSERT INTO order_items (order_id, line_number, product_id, product_name, quantity, price)
  SELECT * FROM unnest($11::uuid[], $12::smallint[], $13::text[], $14::text[], $15::integer[], $16::numeric[])`;

const RECORD = `
  WITH recorded AS (
    INSERT INTO order_events (order_id, number, event, from_status, to_status, reason, actor, cause_event_id,
      correlation_id, occurred_at, previous_hash, hash)
    SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
      $9::text[], $10::timestamptz[], $11::text[], $12::text[])
  )
  UPDATE orders o
  SET status = c.status, cancellation_reason = c.reason, updated_at = c.updated_at, event_count = c.event_count,
      last_event_hash = c.hash
  FROM unnest($13::uuid[], $14::text[], $15::text[], $16::timestamptz[], $17::integer[], $18::text[])
    AS c (order_id, status, reason, updated_at, event_count, hash)
  WHERE o.order_id = c.order_id`;

/** Whether an insert failed because an order has the number of another one. */
export function isOrderNumberTaken(error: unknown): boolean {
  return violatedConstraint(error) === ORDER_NUMBERS;
}

@Injectable()
export class OrderRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Locks orders in the order of their ids, the one order in which everybody locks them. Unknown ids are left out. */
  async lock(unitOfWork: UnitOfWork, orderIds: readonly string[]): Promise<Map<string, LockedOrder>> {
    await unitOfWork.expectFree(LOCKED, orderIds);
    const rows = await unitOfWork.query<LockedRow>(LOCK, [orderIds]);
    return new Map(
      rows.map((row) => {
        const order = orderFrom({ ...row, total: fromNumeric(row.total) });
        return [row.orderId, { order, head: { number: row.eventCount, hash: row.lastEventHash } }];
      }),
    );
  }

  /**
   * Stores new orders with their lines and the first entry of their audit trail.
   * @throws the error of PostgreSQL; `isOrderNumberTaken` recognises the one that another number helps against.
   */
  async insert(
    unitOfWork: UnitOfWork,
    placed: readonly { readonly order: Order; readonly lines: readonly OrderLine[]; readonly entry: AuditEntry }[],
  ): Promise<void> {
    const orders = placed.map(({ order }) => order);
    const items = placed.flatMap(({ order, lines }) =>
      lines.map((line, index) => ({ ...line, orderId: order.orderId, lineNumber: index + 1 })),
    );
    await unitOfWork.query(INSERT, [
      orders.map((order) => order.orderId),
      orders.map((order) => order.userId),
      orders.map((order) => toDecimal(order.total)),
      orders.map((order) => order.currency),
      orders.map((order) => order.paymentMethod),
      orders.map((order) => order.correlationId),
      orders.map((order) => order.deadlineAt),
      orders.map((order) => order.createdAt),
      placed.map(({ entry }) => entry.hash),
      placed.map(({ entry }) => entry.previousHash),
      items.map((item) => item.orderId),
      items.map((item) => item.lineNumber),
      items.map((item) => item.productId),
      items.map((item) => item.productName),
      items.map((item) => item.quantity),
      items.map((item) => toDecimal(item.price)),
      orders.map((order) => order.orderNumber),
    ]);
  }

  /** Of the given orders those that are stored. */
  async stored(unitOfWork: UnitOfWork, orderIds: readonly string[]): Promise<Set<string>> {
    const rows = await unitOfWork.query<{ order_id: string }>(STORED, [orderIds]);
    return new Set(rows.map((row) => row.order_id));
  }

  /** Writes audit entries and the states they lead to. `changed` has each order once, with the head of its trail. */
  async record(unitOfWork: UnitOfWork, entries: readonly AuditEntry[], changed: readonly LockedOrder[]): Promise<void> {
    if (entries.length === 0) return;
    await unitOfWork.query(RECORD, [
      entries.map((entry) => entry.orderId),
      entries.map((entry) => entry.number),
      entries.map((entry) => entry.event),
      entries.map((entry) => entry.from),
      entries.map((entry) => entry.to),
      entries.map((entry) => entry.reason),
      entries.map((entry) => entry.actor),
      entries.map((entry) => entry.causeEventId),
      entries.map((entry) => entry.correlationId),
      entries.map((entry) => entry.occurredAt),
      entries.map((entry) => entry.previousHash),
      entries.map((entry) => entry.hash),
      changed.map(({ order }) => order.orderId),
      changed.map(({ order }) => order.status),
      changed.map(({ order }) => (order.status === 'cancelled' ? order.reason : null)),
      changed.map(({ order }) => order.updatedAt),
      changed.map(({ head }) => head.number),
      changed.map(({ head }) => head.hash),
    ]);
  }

  /** Open orders whose deadline has passed, oldest first, without those that somebody has locked at this moment. Only ids. */
  async overdue(now: Date, limit: number): Promise<string[]> {
    const rows: { order_id: string }[] = await this.dataSource.query(
      'SELECT order_id FROM orders WHERE open_until <= $1 ORDER BY open_until LIMIT $2 FOR UPDATE SKIP LOCKED',
      [now, limit],
    );
    return rows.map((row) => row.order_id);
  }

  /** By id, those that there are. */
  async findAll(orderIds: readonly string[]): Promise<Map<string, OrderWithLines>> {
    const rows = await this.dataSource.query<FoundRow[]>(FIND, [orderIds]);
    return new Map(rows.map((row) => [row.orderId, orderWithLinesFrom(row)]));
  }

  /** Of the given orders those that are settled. */
  async settled(orderIds: readonly string[]): Promise<string[]> {
    const rows: { order_id: string }[] = await this.dataSource.query(
      `SELECT order_id FROM orders WHERE order_id = ANY ($1::uuid[]) AND status IN ('confirmed', 'cancelled')`,
      [orderIds],
    );
    return rows.map((row) => row.order_id);
  }

  /** The audit trail of one order, oldest first. */
  async events(orderId: string): Promise<AuditEntry[]> {
    const trail = this.dataSource.getRepository(OrderEventEntity);
    return (await trail.find({ where: { orderId }, order: { number: 'ASC' } })).map(entryFrom);
  }
}
