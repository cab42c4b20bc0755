import { toNumeric, type Trace, traceAsText, traceFromText } from '@app/events';
import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { columnsOf, rowSet, violatedConstraint } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AuditEntry, ChainHead } from '../domain/audit-trail';
import type { Order, OrderLine } from '../domain/order';
import { OrderEventEntity } from './order-event.entity';
import { COLUMNS } from './order-rows';
import { OrderEntity, orderFrom, OrderItemEntity, type OrderRow } from './order.entity';

/** An order that is locked for change, and where its audit trail ends. */
export interface LockedOrder {
  readonly order: Order;
  readonly head: ChainHead;
}

/** A new order with its lines and the first entry of its audit trail. */
export interface PlacedOrder {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
  readonly userSalt: string;
  readonly entry: AuditEntry;
  readonly trace: Trace;
}

/** An open order whose deadline has passed, and the trace it was placed in. */
export interface OverdueOrder {
  readonly orderId: string;
  readonly trace: Trace;
}

/** Why a customer cancelled, and the salt with which the audit trail has hashed it. */
export interface GivenReason {
  readonly orderId: string;
  readonly text: string;
  readonly salt: string;
}

/** The unique index of order numbers. */
const ORDER_NUMBERS = 'orders_order_number_key';

const LOCK = `
  SELECT ${COLUMNS}
  FROM orders WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id FOR UPDATE`;

const LOCKED = lockedAmong('orders', 'order_id');

const STORED = 'SELECT order_id FROM orders WHERE order_id = ANY ($1::uuid[])';

const PLACED = rowSet({
  ...columnsOf(OrderEntity, 'orderId', 'userId', 'total', 'currency', 'paymentMethod', 'correlationId', 'deadlineAt'),
  ...columnsOf(OrderEntity, 'createdAt', 'lastEventHash', 'orderNumber', 'userSalt', 'traceparent'),
  ...columnsOf(OrderEventEntity, 'actor', 'previousHash', 'details'),
});
const LINES = rowSet(
  columnsOf(OrderItemEntity, 'orderId', 'lineNumber', 'productId', 'productName', 'quantity', 'price'),
  PLACED.next,
);

const INSERT = `
  WITH placed AS (
    INSERT INTO orders (order_id, user_id, status, total_amount, currency, payment_method, correlation_id, deadline_at,
      event_count, last_event_hash, created_at, updated_at, order_number, user_salt, traceparent)
    SELECT order_id, user_id, 'pending', total_amount, currency, payment_method, correlation_id, deadline_at,
      1, last_event_hash, created_at, created_at, order_number, user_salt, traceparent
    FROM ${PLACED.unnest('o')}
  ), recorded AS (
    INSERT INTO order_events (order_id, number, event, to_status, actor, correlation_id, occurred_at, previous_hash, hash,
      details)
    SELECT order_id, 1, 'order_created', 'pending', actor, correlation_id, created_at, previous_hash, last_event_hash,
      details
    FROM ${PLACED.unnest('e', 'orderId', 'actor', 'correlationId', 'createdAt', 'previousHash', 'lastEventHash', 'details')}
  )
  INSERT INTO order_items (${LINES.columns()}) SELECT * FROM ${LINES.unnest('i')}`;

const ENTRIES = rowSet(columnsOf(OrderEventEntity));
const CHANGES = rowSet(
  columnsOf(OrderEntity, 'orderId', 'status', 'cancellationReason', 'updatedAt', 'eventCount', 'lastEventHash'),
  ENTRIES.next,
);

const RECORD = `
  WITH recorded AS (
    INSERT INTO order_events (${ENTRIES.columns()}) SELECT * FROM ${ENTRIES.unnest('e')}
  )
  UPDATE orders o
  SET ${CHANGES.assignments('c', 'status', 'cancellationReason', 'updatedAt', 'eventCount', 'lastEventHash')}
  FROM ${CHANGES.unnest('c')}
  WHERE o.order_id = c.order_id`;

const REASONS = rowSet(columnsOf(OrderEntity, 'orderId', 'customerReason', 'customerReasonSalt'));

const KEEP_REASONS = `
  UPDATE orders o SET ${REASONS.assignments('r', 'customerReason', 'customerReasonSalt')}
  FROM ${REASONS.unnest('r')} WHERE o.order_id = r.order_id`;

/** Whether an insert failed because an order has the number of another one. */
export function isOrderNumberTaken(error: unknown): boolean {
  return violatedConstraint(error) === ORDER_NUMBERS;
}

@Injectable()
export class OrderRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Whether there is such an order, and it is this user's. */
  async isOwnedBy(unitOfWork: UnitOfWork, orderId: string, userId: string): Promise<boolean> {
    const rows = await unitOfWork.query('SELECT 1 FROM orders WHERE order_id = $1 AND user_id = $2', [orderId, userId]);
    return rows.length > 0;
  }

  /** Locks orders in the order of their ids, the one order in which everybody locks them. Unknown ids are left out. */
  async lock(unitOfWork: UnitOfWork, orderIds: readonly string[]): Promise<Map<string, LockedOrder>> {
    await unitOfWork.expectFree(LOCKED, orderIds);
    const rows = await unitOfWork.query<OrderRow>(LOCK, [orderIds]);
    return new Map(
      rows.map((row) => {
        const order = orderFrom(row);
        return [row.orderId, { order, head: { number: row.eventCount, hash: row.lastEventHash } }];
      }),
    );
  }

  /**
   * Stores new orders with their lines and the first entry of their audit trail.
   * @throws the error of PostgreSQL; `isOrderNumberTaken` recognises the one that another number helps against.
   */
  async insert(unitOfWork: UnitOfWork, placed: readonly PlacedOrder[]): Promise<void> {
    await unitOfWork.query(INSERT, [
      ...PLACED.parameters(placed.map(placedRow)),
      ...LINES.parameters(
        placed.flatMap(({ order, lines }) => lines.map((line, index) => lineRow(order, line, index))),
      ),
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
    await unitOfWork.query(RECORD, [...ENTRIES.parameters(entries), ...CHANGES.parameters(changed.map(changedRow))]);
  }

  /** Keeps what customers wrote when they cancelled, apart from the audit trail, so that it can be deleted. */
  async keepReasons(unitOfWork: UnitOfWork, reasons: readonly GivenReason[]): Promise<void> {
    if (reasons.length === 0) return;
    const rows = reasons.map(({ orderId, text, salt }) => {
      return { orderId, customerReason: text, customerReasonSalt: salt };
    });
    await unitOfWork.query(KEEP_REASONS, REASONS.parameters(rows));
  }

  /** Open orders whose deadline has passed, oldest first, without those that somebody has locked at this moment. */
  async overdue(now: Date, limit: number): Promise<OverdueOrder[]> {
    const rows: { order_id: string; traceparent: string | null }[] = await this.dataSource.query(
      `SELECT order_id, traceparent FROM orders
       WHERE open_until <= $1 ORDER BY open_until LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [now, limit],
    );
    return rows.map((row) => ({ orderId: row.order_id, trace: traceFromText(row.traceparent) }));
  }

  /** Of the given orders those that are settled. */
  async settled(orderIds: readonly string[]): Promise<string[]> {
    const rows: { order_id: string }[] = await this.dataSource.query(
      `SELECT order_id FROM orders WHERE order_id = ANY ($1::uuid[]) AND status IN ('confirmed', 'cancelled')`,
      [orderIds],
    );
    return rows.map((row) => row.order_id);
  }
}

function placedRow({ order, userSalt, entry, trace }: PlacedOrder) {
  const { orderId, orderNumber, userId, currency, paymentMethod, correlationId, deadlineAt, createdAt } = order;
  const fields = {
    orderId,
    orderNumber,
    userId,
    total: toNumeric(order.total),
    currency,
    paymentMethod,
    correlationId,
  };
  const { actor, hash: lastEventHash, previousHash, details } = entry;
  const traceparent = traceAsText(trace);
  return { ...fields, deadlineAt, createdAt, userSalt, traceparent, actor, lastEventHash, previousHash, details };
}

function lineRow({ orderId }: Order, { productId, productName, quantity, price }: OrderLine, index: number) {
  return { orderId, lineNumber: index + 1, productId, productName, quantity, price: toNumeric(price) };
}

function changedRow({ order, head }: LockedOrder) {
  const { orderId, status, updatedAt } = order;
  const cancellationReason = order.status === 'cancelled' ? order.reason : null;
  return { orderId, status, cancellationReason, updatedAt, eventCount: head.number, lastEventHash: head.hash };
}
