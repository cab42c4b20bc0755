/** What the statements below depend on; numbers of this program only. */
export interface FillValues {
  readonly orders: number;
  /** Milliseconds since the epoch of the first order, and from one order to the next. */
  readonly start: number;
  readonly step: number;
  /** The first order whose events the inboxes still know. */
  readonly remembered: number;
  /** Pieces of each product before the first order. */
  readonly units: number;
  readonly price: number;
}

type Statement = (values: FillValues) => string;

const USERS = 100_000;

/** A UUID v7 of the order's time and number; the kind keeps the ids that belong to an order apart. */
const id = (kind: number): string => `(ms || '7${String(kind).padStart(3, '0')}8000' || number)::uuid`;

const KIND = { order: 0, payment: 1, correlation: 2, hold: 3, cause: 4, notification: 10, event: 20 } as const;
const correlation = `${id(KIND.correlation)}::text`;
const reference = `'sim_' || ${id(KIND.hold)}`;

/** One row an order: `n`, `order_id`, `at`, `user_id`, `product_id` of $1, and what ids are made of. */
const placed = ({ orders, start, step }: FillValues, from = 0): string => `
  (SELECT *, ${id(KIND.order)} AS order_id, ($1::text[])[n % cardinality($1::text[]) + 1] AS product_id
   FROM (SELECT n, to_timestamp((${start} + n * ${step}::float8) / 1000) AS at, 'customer_' || n * 7919 % ${USERS} AS user_id,
           lpad(to_hex((${start} + n * ${step}::float8)::bigint), 12, '0') AS ms, lpad(to_hex(n), 12, '0') AS number
         FROM generate_series(${from}::bigint, ${orders - 1}) AS n) AS numbered) AS placed`;

const hash = (entry: number): string =>
  entry === 0 ? `repeat('0', 64)` : `encode(sha256((number || '.${entry}')::bytea), 'hex')`;

const orders: Statement = (values) => `
  INSERT INTO orders (order_id, user_id, status, total_amount, currency, payment_method, correlation_id, deadline_at,
    event_count, last_event_hash, created_at, updated_at, order_number)
  SELECT order_id, user_id, 'confirmed', ${values.price}, 'USD', 'credit_card', ${correlation}, at + interval '15 minutes',
    4, ${hash(4)}, at, at + interval '200 ms', overlay(right(upper(number), 8) PLACING '-' FROM 5 FOR 0) FROM ${placed(values)}`;

const items: Statement = (values) => `
  INSERT INTO order_items (order_id, line_number, product_id, product_name, quantity, price)
  SELECT order_id, 1, product_id, 'Benchmark product', 1, ${values.price} FROM ${placed(values)}`;

const auditTrail: Statement = (values) => `
  INSERT INTO order_events (order_id, number, event, from_status, to_status, actor, cause_event_id, correlation_id,
    occurred_at, previous_hash, hash)
  SELECT order_id, e.* FROM ${placed(values)} CROSS JOIN LATERAL (VALUES
    (1, 'order_created', NULL, 'pending', 'customer', NULL::uuid, ${correlation}, at, ${hash(0)}, ${hash(1)}),
    (2, 'payment_successful', 'pending', 'paid', 'payment-service', ${id(KIND.cause)}, ${correlation},
      at + interval '100 ms', ${hash(1)}, ${hash(2)}),
    (3, 'stock_taken', 'paid', 'confirmed', 'inventory-service', ${id(KIND.cause + 1)}, ${correlation},
      at + interval '200 ms', ${hash(2)}, ${hash(3)}),
    (4, 'payment_captured', 'confirmed', 'confirmed', 'payment-service', ${id(KIND.cause + 2)}, ${correlation},
      at + interval '300 ms', ${hash(3)}, ${hash(4)})) AS e`;

const payments: Statement = (values) => `
  INSERT INTO payments (payment_id, order_id, user_id, stage, status, amount, captured_amount, currency, payment_method, items,
    gateway_reference, correlation_id, causation_id, created_at, updated_at)
  SELECT ${id(KIND.payment)}, order_id, user_id, 'captured', 'captured', ${values.price}, ${values.price}, 'USD', 'credit_card',
    jsonb_build_array(jsonb_build_object('quantity', 1, 'product_id', product_id)), ${reference}, ${correlation},
    ${id(KIND.cause)}::text, at, at + interval '300 ms' FROM ${placed(values)}`;

const ledger: Statement = (values) => `
  INSERT INTO gateway_ledger (idempotency_key, operation, reference, outcome, amount, currency, payment_method, created_at)
  SELECT order_id || ':' || operation, operation, ${reference}, outcome, ${values.price}, 'USD', method, at
  FROM ${placed(values)}
  CROSS JOIN (VALUES ('authorize', 'authorized', 'credit_card'), ('capture', 'captured', NULL)) AS o (operation, outcome, method)`;

const allocations: Statement = (values) => `
  INSERT INTO stock_allocations (order_id, status, items, user_id, created_at, updated_at)
  SELECT order_id, 'taken', jsonb_build_array(jsonb_build_object('quantity', 1, 'product_id', product_id)), user_id, at, at
  FROM ${placed(values)}`;

const movements: Statement = (values) => `
  INSERT INTO stock_movements (product_id, order_id, quantity_delta, balance, reason, actor, created_at)
  SELECT product_id, order_id, -1, ${values.units} - 1 - n / cardinality($1::text[]), 'taken', 'inventory-service', at
  FROM ${placed(values)} ORDER BY n`;

const notifications: Statement = (values) => `
  INSERT INTO notifications (notification_id, order_id, created_at, sent_at, event_id, position, attempts, user_id,
    notification_type, channel, status, recipient, facts, correlation_id)
  SELECT message_id, order_id, at, at, event_id, position, 1, user_id, type, 'email', 'sent', user_id || '@example.test',
    format('{"currency":"USD","amount":%s%s}', ${Math.round(values.price * 100)}, more), ${correlation}
  FROM ${placed(values)} CROSS JOIN LATERAL (VALUES
    (1, 'order_received', ${id(KIND.notification)}, ${id(KIND.event)},
      ',"items":[{"name":"Benchmark product","quantity":1,"price":${Math.round(values.price * 100)}}]'),
    (2, 'order_paid', ${id(KIND.notification + 1)}, ${id(KIND.event + 1)}, ''),
    (3, 'order_confirmed', ${id(KIND.notification + 2)}, ${id(KIND.event + 2)}, '')
  ) AS m (position, type, message_id, event_id, more)`;

const orderNotifications: Statement = (values) => `
  INSERT INTO order_notifications (order_id, cancelled) SELECT order_id, false FROM ${placed(values)}`;

/** How many events each service has published about an order, and how many it has consumed. */
const EVENTS = {
  order_service: { published: 2, consumed: 3 },
  payment_service: { published: 2, consumed: 2 },
  inventory_service: { published: 1, consumed: 1 },
  notification_service: { published: 3, consumed: 3 },
} as const;

const messaging: readonly Statement[] = Object.entries(EVENTS).flatMap(([schema, { published, consumed }]) => [
  (values: FillValues) => `
    INSERT INTO ${schema}.event_sequences (order_id, last_sequence) SELECT order_id, ${published} FROM ${placed(values)}`,
  (values: FillValues) => `
    INSERT INTO ${schema}.inbox (consumer_group, event_id, received_at)
    SELECT '${schema.replace('_', '-')}', event_id, at FROM ${placed(values, values.remembered)}
    CROSS JOIN LATERAL (VALUES ${Array.from({ length: consumed }, (_, n) => `(${id(KIND.event + n)})`).join(', ')}) AS e (event_id)`,
]);

const stock: Statement = (values) => `
  UPDATE inventory SET quantity = quantity - taken FROM (
    SELECT product_id, count(*) AS taken FROM ${placed(values)} GROUP BY 1) AS orders
  WHERE inventory.product_id = orders.product_id`;

/** Each fills one table, all of them together; the slowest first, so that they end at the same time. */
export const ROWS_OF_ORDERS: readonly Statement[] = [
  notifications,
  auditTrail,
  ledger,
  payments,
  orders,
  movements,
  allocations,
  items,
  orderNotifications,
  stock,
  ...messaging,
];
