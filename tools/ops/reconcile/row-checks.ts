import { roleOf, serviceNames } from '../../stack/service-names.ts';
import type { Check, RowCheck } from './check.ts';
import { MONEY } from './money-checks.ts';

const STOCK: readonly RowCheck[] = [
  {
    invariant: 'I4',
    name: 'stock',
    service: 'inventory-service',
    sql: `
      SELECT 'product ' || product_id AS subject, NULL::uuid AS order_id,
        coalesce(m.total, 0) || ' pieces, the sum of its movements' AS expected, i.quantity || ' pieces' AS found
      FROM inventory i
      FULL JOIN (SELECT product_id, sum(quantity_delta) AS total FROM stock_movements GROUP BY 1) m USING (product_id)
      WHERE i.quantity IS DISTINCT FROM coalesce(m.total, 0) OR i.quantity < 0`,
  },
  {
    invariant: 'I4',
    name: 'movements',
    service: 'inventory-service',
    sql: `
      SELECT DISTINCT ON (product_id) format('movement %s of product %s', id, product_id) AS subject, order_id,
        coalesce(before, 0) + quantity_delta || ' pieces left' AS expected, balance || ' pieces left' AS found
      FROM (SELECT *, lag(balance) OVER (PARTITION BY product_id ORDER BY id) AS before FROM stock_movements) AS movement
      WHERE balance <> coalesce(before, 0) + quantity_delta
      ORDER BY product_id, id`,
  },
];

const ENDS: readonly RowCheck[] = [
  {
    invariant: 'I1',
    name: 'open-order',
    service: 'order-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'confirmed or cancelled' AS expected,
        format('%s since %s, payment %s, stock %s', o.status,
          to_char(o.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), coalesce(p.status, 'not begun'),
          coalesce(a.status, 'not asked for')) AS found
      FROM orders o CROSS JOIN bounds LEFT JOIN payments p USING (order_id) LEFT JOIN stock_allocations a USING (order_id)
      WHERE o.open_until IS NOT NULL AND o.created_at >= since AND o.created_at < settled_before`,
  },
  {
    invariant: 'I5',
    name: 'confirmed-and-paid',
    service: 'payment-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'confirmed, so captured ' || o.total_amount AS expected,
        format('%s, captured %s', coalesce(p.status, 'no payment'), coalesce(p.captured_amount, 0)) AS found
      FROM scope JOIN orders o USING (order_id) LEFT JOIN payments p USING (order_id)
      WHERE o.status = 'confirmed' AND (p.status IS DISTINCT FROM 'captured' OR p.captured_amount <> o.total_amount)`,
  },
  {
    invariant: 'I5',
    name: 'cancelled-and-repaid',
    service: 'payment-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'cancelled, so nothing held and net money zero' AS expected,
        format('%s, captured %s, refunded %s%s', coalesce(p.status, 'no payment'), coalesce(p.captured_amount, 0),
          coalesce(p.refunded_amount, 0), ', ' || p.operation || ' due') AS found
      FROM scope JOIN orders o USING (order_id) LEFT JOIN payments p USING (order_id)
      WHERE o.status = 'cancelled' AND (p.status IS NULL OR p.status NOT IN ('failed', 'voided', 'refunded', 'cancelled')
        OR p.operation IS NOT NULL OR p.captured_amount <> p.refunded_amount)`,
  },
  {
    invariant: 'I5',
    name: 'allocation',
    service: 'inventory-service',
    sql: `
      SELECT order_id::text AS subject, order_id,
        CASE o.status WHEN 'confirmed' THEN 'confirmed, so stock taken' ELSE 'cancelled, so no stock taken' END AS expected,
        'stock ' || coalesce(a.status, 'not asked for') AS found
      FROM scope JOIN orders o USING (order_id) LEFT JOIN stock_allocations a USING (order_id)
      WHERE o.status = 'confirmed' AND a.status IS DISTINCT FROM 'taken' OR o.status = 'cancelled' AND a.status = 'taken'`,
  },
  {
    invariant: 'I5',
    name: 'pieces',
    service: 'inventory-service',
    sql: `
      SELECT order_id::text AS subject, order_id,
        format('%s, so %s of product %s taken', o.status, CASE o.status WHEN 'confirmed' THEN ordered ELSE 0 END,
          product_id) AS expected,
        format('movements that take %s', coalesce(taken, 0)) AS found
      FROM scope JOIN orders o USING (order_id)
      JOIN (SELECT order_id, product_id, sum(quantity) AS ordered FROM order_items GROUP BY 1, 2) i USING (order_id)
      LEFT JOIN (SELECT order_id, product_id, -sum(quantity_delta) AS taken FROM stock_movements
                 WHERE order_id IS NOT NULL GROUP BY 1, 2) m USING (order_id, product_id)
      WHERE o.status IN ('confirmed', 'cancelled')
        AND coalesce(taken, 0) <> CASE o.status WHEN 'confirmed' THEN ordered ELSE 0 END`,
  },
  {
    invariant: 'I5',
    name: 'effect-without-order',
    service: 'order-service',
    sql: `
      SELECT e.order_id::text AS subject, e.order_id, 'an order' AS expected, 'only its ' || kind AS found
      FROM (SELECT order_id, created_at, 'payment (' || status || ')' AS kind FROM payments
            UNION ALL SELECT order_id, created_at, 'stock (' || status || ')' FROM stock_allocations
            UNION ALL SELECT order_id, occurred_at, 'audit entry ' || number FROM order_events) AS e, bounds
      WHERE e.created_at >= since AND e.created_at < settled_before
        AND NOT EXISTS (SELECT FROM orders o WHERE o.order_id = e.order_id)`,
  },
];

const EFFECTS: readonly RowCheck[] = [
  {
    invariant: 'I8',
    name: 'cause',
    service: 'order-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'one audit entry because of event ' || cause_event_id AS expected,
        'entries ' || string_agg(number::text, ', ' ORDER BY number) AS found
      FROM order_events JOIN scope USING (order_id) WHERE cause_event_id IS NOT NULL
      GROUP BY order_id, cause_event_id HAVING count(*) > 1`,
  },
  {
    invariant: 'I12',
    name: 'told-once',
    service: 'notification-service',
    sql: `
      SELECT order_id::text AS subject, order_id, format('one %s by %s', notification_type, channel) AS expected,
        count(*) || ' of them' AS found
      FROM notifications, bounds WHERE resend = 0 AND created_at >= since
      GROUP BY order_id, notification_type, channel HAVING count(*) > 1`,
  },
  {
    invariant: 'I12',
    name: 'told-in-order',
    service: 'notification-service',
    sql: `
      SELECT c.order_id::text AS subject, c.order_id, 'nothing about a confirmation after the cancellation' AS expected,
        'the confirmation was sent by ' || c.channel || ' ' || (c.sent_at - x.sent_at) || ' later' AS found
      FROM notifications c CROSS JOIN bounds
      JOIN notifications x ON x.order_id = c.order_id AND x.channel = c.channel AND x.notification_type = 'order_cancelled'
      WHERE c.notification_type = 'order_confirmed' AND c.created_at >= since AND c.status = 'sent' AND x.status = 'sent'
        AND x.resend = 0 AND c.sent_at > x.sent_at`,
  },
  {
    invariant: 'I12',
    name: 'told',
    service: 'notification-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'a notification ' || what AS expected, 'none' AS found
      FROM scope JOIN orders o USING (order_id)
      CROSS JOIN LATERAL (VALUES ('order_received'),
        (CASE o.status WHEN 'confirmed' THEN 'order_confirmed' WHEN 'cancelled' THEN 'order_cancelled' END)) AS w (what)
      WHERE what IS NOT NULL
        AND NOT EXISTS (SELECT FROM notifications n WHERE n.order_id = o.order_id AND n.notification_type = what)`,
  },
];

const QUEUES: readonly RowCheck[] = serviceNames.flatMap((service): RowCheck[] => [
  {
    invariant: 'I2',
    name: 'outbox',
    service,
    sql: `
      SELECT format('event %s (%s)', id, type) AS subject,
        CASE WHEN aggregatetype = 'order' THEN aggregateid::uuid END AS order_id, 'published' AS expected,
        'in the outbox since ' || to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS found
      FROM ${roleOf(service)}.outbox, bounds WHERE created_at < settled_before`,
  },
  {
    invariant: 'I9',
    name: 'overdue-retry',
    service,
    sql: `
      SELECT 'message ' || id AS subject, order_id, 'tried again' AS expected,
        'due since ' || to_char(next_attempt_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS found
      FROM ${roleOf(service)}.failed_messages f, bounds WHERE status = 'retrying' AND next_attempt_at < settled_before
        AND NOT EXISTS (SELECT FROM ${roleOf(service)}.failed_messages e
          WHERE e.consumer_group = f.consumer_group AND e.order_id = f.order_id AND e.blocks_order AND e.position < f.position)`,
  },
]);

/** What can be checked from the tables alone. */
export const ROW_CHECKS: readonly Check[] = [...ENDS, ...MONEY, ...STOCK, ...EFFECTS, ...QUEUES].map((check) => ({
  ...check,
  readsTopics: false,
}));
