import { type CancellationReason, fromNumeric } from '@app/events';
import type { Client } from 'pg';
import { isBound, type StoredOrder } from '../../../apps/order-service/src/domain/audit-content';
import type { AuditEntry } from '../../../apps/order-service/src/domain/audit-trail';
import { verifyTrail } from '../../../apps/order-service/src/domain/audit-verification';
import type { Order, OrderStatus } from '../../../apps/order-service/src/domain/order';

/** An order whose audit trail does not vouch for it. */
export interface AuditProblem {
  readonly orderId: string;
  readonly orderNumber: string;
  /** The first entry that is wrong; null when none is, but the order as a whole. */
  readonly entry: number | null;
  /** One sentence each; the first is about the first bad row. */
  readonly problems: readonly string[];
}

interface TrailRow {
  readonly order_id: string;
  readonly order_number: string;
  readonly user_id: string;
  readonly status: OrderStatus;
  readonly cancellation_reason: CancellationReason | null;
  readonly total_amount: string;
  readonly currency: string;
  readonly payment_method: string;
  readonly order_correlation_id: string;
  readonly deadline_at: Date;
  readonly event_count: number;
  readonly last_event_hash: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly user_salt: string | null;
  readonly customer_reason: string | null;
  readonly customer_reason_salt: string | null;
  /** With the first row of an order alone. Prices as text. */
  readonly items: readonly { product_id: string; product_name: string; quantity: number; price: string }[] | null;
  readonly number: number | null;
  readonly event: AuditEntry['event'];
  readonly from_status: OrderStatus | null;
  readonly to_status: OrderStatus;
  readonly reason: CancellationReason | null;
  readonly actor: string;
  readonly cause_event_id: string | null;
  readonly correlation_id: string;
  readonly occurred_at: Date;
  readonly details: string | null;
  readonly previous_hash: string;
  readonly hash: string;
}

/* Order and trail in one statement, so that they are of one moment although the system goes on. */
const PAGE = `
  SELECT o.order_id, order_number, user_id, status, cancellation_reason, total_amount, currency, payment_method,
    o.correlation_id AS order_correlation_id, deadline_at, event_count, last_event_hash, created_at, updated_at,
    user_salt, customer_reason, customer_reason_salt,
    CASE WHEN row_number() OVER (PARTITION BY o.order_id ORDER BY number) = 1 THEN (
      SELECT json_agg(json_build_object('product_id', product_id, 'product_name', product_name, 'quantity', quantity,
        'price', price::text) ORDER BY line_number)
      FROM order_service.order_items i WHERE i.order_id = o.order_id) END AS items,
    number, event, from_status, to_status, reason, actor, cause_event_id, e.correlation_id, occurred_at, details,
    previous_hash, hash
  FROM (SELECT * FROM order_service.orders
        WHERE order_id > $1 AND ($2::uuid[] IS NULL OR order_id = ANY ($2)) AND created_at >= $3
        ORDER BY order_id LIMIT 500) AS o
  LEFT JOIN order_service.order_events e USING (order_id)
  ORDER BY o.order_id, number`;

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What is to be verified: by default every order. */
export interface AuditScope {
  readonly orderIds?: readonly string[];
  readonly since?: Date;
}

/** Counts for the report. */
export interface AuditProgress {
  orders: number;
  entries: number;
  /** Orders whose trail does not say what was ordered: they were placed before trails did. */
  unbound: number;
}

/** Verifies order by order, five hundred in memory at a time; `progress` is counted up on the way. */
export async function* verifyAudit(
  client: Pick<Client, 'query'>,
  scope: AuditScope = {},
  progress: AuditProgress = { orders: 0, entries: 0, unbound: 0 },
): AsyncGenerator<AuditProblem> {
  let last = NOBODY;
  for (;;) {
    const parameters = [last, scope.orderIds ?? null, scope.since ?? new Date(0)];
    const { rows } = await client.query<TrailRow>(PAGE, parameters);
    if (rows.length === 0) return;
    for (const [orderId, trail] of Map.groupBy(rows, (row) => row.order_id)) {
      progress.orders += 1;
      const entries = trail.flatMap(entryOf);
      progress.entries += entries.length;
      if (!isBound(entries)) progress.unbound += 1;
      const problem = verify(orderId, trail, entries);
      if (problem !== undefined) yield problem;
      last = orderId;
    }
  }
}

function verify(orderId: string, rows: readonly TrailRow[], entries: readonly AuditEntry[]): AuditProblem | undefined {
  const [row] = rows;
  if (row === undefined) return undefined;
  const head = { number: row.event_count, hash: row.last_event_hash };
  const problems = verifyTrail(storedOrderOf(row), head, entries);
  if (problems.length === 0) return undefined;
  return { orderId, orderNumber: row.order_number, entry: firstEntryIn(problems), problems };
}

/** The sentences of the domain name an entry by its number; of several the smallest is where the damage begins. */
function firstEntryIn(problems: readonly string[]): number | null {
  const numbers = problems.flatMap((problem) => /^entry (\d+)/.exec(problem)?.[1] ?? []).map(Number);
  return numbers.length === 0 ? null : Math.min(...numbers);
}

function storedOrderOf(row: TrailRow): StoredOrder {
  const lines = (row.items ?? []).map(({ product_id, product_name, quantity, price }) => {
    return { productId: product_id, productName: product_name, quantity, price: fromNumeric(price) };
  });
  const customerReason = { text: row.customer_reason, salt: row.customer_reason_salt };
  return { order: orderOf(row), lines, userSalt: row.user_salt, customerReason };
}

function orderOf(row: TrailRow): Order {
  const fields = {
    orderId: row.order_id,
    orderNumber: row.order_number,
    userId: row.user_id,
    paymentMethod: row.payment_method,
    currency: row.currency,
    total: fromNumeric(row.total_amount),
    correlationId: row.order_correlation_id,
    deadlineAt: row.deadline_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
  if (row.status !== 'cancelled') return { ...fields, status: row.status };
  return { ...fields, status: 'cancelled', reason: row.cancellation_reason as CancellationReason };
}

function entryOf(row: TrailRow): AuditEntry[] {
  if (row.number === null) return [];
  return [
    {
      orderId: row.order_id,
      number: row.number,
      event: row.event,
      from: row.from_status,
      to: row.to_status,
      reason: row.reason,
      actor: row.actor,
      causeEventId: row.cause_event_id,
      correlationId: row.correlation_id,
      occurredAt: row.occurred_at,
      details: row.details,
      previousHash: row.previous_hash,
      hash: row.hash,
    },
  ];
}
