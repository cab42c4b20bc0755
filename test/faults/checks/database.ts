import type { World } from '../world.ts';
import { finding, type Finding, type Invariant } from './invariant.ts';

interface Check {
  readonly invariant: Invariant;
  readonly what: string;
  /** Gives what breaks it, as `id`. */
  readonly query: string;
}

/** Over all four schemas and the gateway's own books, on a system at rest. */
const CHECKS: readonly Check[] = [
  {
    invariant: 'I1',
    what: 'an order is not settled',
    query: `SELECT order_id AS id FROM orders WHERE status NOT IN ('confirmed', 'cancelled')`,
  },
  {
    invariant: 'I3',
    what: 'the gateway holds or took money more than once for an order',
    query: `SELECT split_part(idempotency_key, ':', 1) AS id FROM gateway_ledger
      WHERE outcome IN ('authorized', 'captured') OR outcome = 'refunded' AND split_part(idempotency_key, ':', 2) = 'refund'
      GROUP BY 1, outcome HAVING count(*) > 1`,
  },
  {
    invariant: 'I3',
    what: 'refunded ≤ captured ≤ authorised ≤ total does not hold in the books',
    query: `SELECT o.order_id AS id FROM orders o JOIN (
        SELECT split_part(idempotency_key, ':', 1)::uuid AS order_id,
          coalesce(sum(amount) FILTER (WHERE outcome = 'authorized'), 0) AS held,
          coalesce(sum(amount) FILTER (WHERE outcome = 'captured'), 0) AS captured,
          coalesce(sum(amount) FILTER (WHERE outcome = 'refunded'), 0) AS refunded
        FROM gateway_ledger GROUP BY 1) g USING (order_id)
      WHERE NOT (refunded <= captured AND captured <= held AND held <= o.total_amount)`,
  },
  {
    invariant: 'I3',
    what: 'a payment differs from the books',
    query: `SELECT coalesce(p.order_id, g.order_id) AS id FROM payments p FULL JOIN (
        SELECT split_part(idempotency_key, ':', 1)::uuid AS order_id,
          coalesce(sum(amount) FILTER (WHERE outcome = 'captured'), 0) AS captured,
          coalesce(sum(amount) FILTER (WHERE outcome = 'refunded'), 0) AS refunded,
          count(*) FILTER (WHERE outcome = 'authorized') AS holds, count(*) FILTER (WHERE outcome = 'voided') AS voids
        FROM gateway_ledger GROUP BY 1) g USING (order_id)
      WHERE p.captured_amount IS DISTINCT FROM coalesce(g.captured, 0)
         OR p.refunded_amount IS DISTINCT FROM coalesce(g.refunded, 0)
         OR p.amount > 0 AND (p.status = 'captured') <> (coalesce(g.captured, 0) > coalesce(g.refunded, 0))
         OR (p.status = 'voided' AND coalesce(g.voids, 0) = 0)
         OR (coalesce(g.voids, 0) > 0 AND p.status NOT IN ('voided', 'failed'))
         OR (p.status = 'refunded') <> (coalesce(g.refunded, 0) > 0 AND g.refunded = g.captured)`,
  },
  {
    invariant: 'I3',
    what: 'a cancelled order has money held or taken in the books',
    query: `SELECT o.order_id AS id FROM orders o JOIN gateway_ledger g
        ON g.idempotency_key LIKE o.order_id || ':%' AND o.status = 'cancelled'
      GROUP BY 1 HAVING coalesce(sum(amount) FILTER (WHERE outcome = 'authorized'), 0)
        > coalesce(sum(amount) FILTER (WHERE outcome IN ('voided', 'refunded')), 0)`,
  },
  {
    invariant: 'I4',
    what: 'stock is not the sum of its movements, or negative',
    query: `SELECT i.product_id AS id FROM inventory i
      LEFT JOIN (SELECT product_id, sum(quantity_delta) AS total FROM stock_movements GROUP BY 1) m USING (product_id)
      WHERE i.quantity < 0 OR i.quantity IS DISTINCT FROM m.total`,
  },
  {
    invariant: 'I4',
    what: 'the balances of the movements do not follow one another',
    query: `SELECT product_id || ' ' || id AS id FROM (
        SELECT id, product_id, balance, sum(quantity_delta) OVER (PARTITION BY product_id ORDER BY id) AS sum
        FROM stock_movements) m WHERE balance <> sum`,
  },
  {
    invariant: 'I4',
    what: 'what orders took is not what is gone',
    query: `SELECT i.product_id AS id FROM inventory i
      LEFT JOIN (SELECT product_id, sum(quantity_delta) AS came FROM stock_movements
        WHERE reason IN ('initial', 'delivery', 'correction') GROUP BY 1) c USING (product_id)
      LEFT JOIN (SELECT product_id, sum(quantity) AS sold FROM order_items JOIN orders USING (order_id)
        WHERE status = 'confirmed' GROUP BY 1) s USING (product_id)
      WHERE i.quantity <> coalesce(came, 0) - coalesce(sold, 0)`,
  },
  {
    invariant: 'I5',
    what: 'a confirmed order is not paid in full',
    query: `SELECT o.order_id AS id FROM orders o LEFT JOIN payments p USING (order_id) WHERE o.status = 'confirmed'
      AND (p.status IS DISTINCT FROM 'captured' OR p.captured_amount <> o.total_amount)`,
  },
  {
    invariant: 'I5',
    what: 'a confirmed order has not taken its stock, or a cancelled one has some',
    query: `SELECT o.order_id AS id FROM orders o
      JOIN (SELECT order_id, product_id, sum(quantity) AS quantity FROM order_items GROUP BY 1, 2) i USING (order_id)
      LEFT JOIN (SELECT order_id, product_id, sum(quantity_delta) AS delta FROM stock_movements GROUP BY 1, 2) m
        USING (order_id, product_id)
      WHERE coalesce(m.delta, 0) <> CASE o.status WHEN 'confirmed' THEN -i.quantity ELSE 0 END`,
  },
  {
    invariant: 'I5',
    what: 'a cancelled order has a payment that is not undone',
    query: `SELECT o.order_id AS id FROM orders o JOIN payments p USING (order_id) WHERE o.status = 'cancelled'
      AND (p.status NOT IN ('failed', 'voided', 'refunded', 'cancelled') OR p.captured_amount <> p.refunded_amount)`,
  },
  {
    invariant: 'I6',
    what: 'a step is not in the lifecycle',
    query: `SELECT order_id || ' ' || coalesce(from_status, 'nothing') || ' → ' || to_status AS id FROM order_events
      WHERE (coalesce(from_status, ''), to_status) NOT IN (('', 'pending'), ('pending', 'paid'),
        ('pending', 'confirmed'), ('pending', 'cancelled'), ('paid', 'confirmed'), ('paid', 'cancelled'),
        ('confirmed', 'cancelled'), ('confirmed', 'confirmed'), ('cancelled', 'cancelled'))`,
  },
  {
    invariant: 'I6',
    what: 'a trail has a gap, is not chained, or does not lead to the order',
    query: `SELECT coalesce(o.order_id, e.order_id) AS id FROM orders o FULL JOIN (
        SELECT order_id, count(*) AS n, max(number) AS last, (array_agg(to_status ORDER BY number DESC))[1] AS state,
          (array_agg(hash ORDER BY number DESC))[1] AS hash, bool_and(chained) AS chained
        FROM (SELECT *, previous_hash IS NOT DISTINCT FROM coalesce(lag(hash) OVER w, previous_hash)
            AND from_status IS NOT DISTINCT FROM lag(to_status) OVER w AS chained
          FROM order_events WINDOW w AS (PARTITION BY order_id ORDER BY number)) c
        GROUP BY 1) e USING (order_id)
      WHERE n IS DISTINCT FROM last OR n IS DISTINCT FROM event_count OR state IS DISTINCT FROM status
         OR hash IS DISTINCT FROM last_event_hash OR chained IS NOT TRUE`,
  },
  {
    invariant: 'I8',
    what: 'one event moved an order twice',
    query: `SELECT order_id || ' ' || cause_event_id AS id FROM order_events WHERE cause_event_id IS NOT NULL
      GROUP BY order_id, cause_event_id HAVING count(*) > 1`,
  },
  {
    invariant: 'I8',
    what: 'an order took or gave back a product twice',
    query: `SELECT order_id || ' ' || product_id AS id FROM stock_movements WHERE order_id IS NOT NULL
      GROUP BY order_id, product_id, reason HAVING count(*) > 1`,
  },
  {
    invariant: 'I12',
    what: 'more than one notification of a kind on a channel',
    query: `SELECT order_id || ' ' || notification_type AS id FROM notifications WHERE resend = 0
      GROUP BY order_id, notification_type, channel HAVING count(*) > 1`,
  },
  {
    invariant: 'I12',
    what: 'an order has not the notification of its end',
    query: `SELECT o.order_id AS id FROM orders o LEFT JOIN notifications n ON n.order_id = o.order_id
        AND n.notification_type = 'order_' || o.status AND n.resend = 0
      WHERE o.status IN ('confirmed', 'cancelled') AND n.order_id IS NULL`,
  },
];

export async function checkDatabase(world: World): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { invariant, what, query } of CHECKS) {
    const rows = await world.database.query<{ id: string }>(query);
    found.push(
      ...finding(
        invariant,
        what,
        rows.map(({ id }) => id),
      ),
    );
  }
  return [...found, ...(await deadLetters(world))];
}

/** An outage must never be held against a message (I9). */
async function deadLetters(world: World): Promise<Finding[]> {
  const services = ['order', 'payment', 'inventory', 'notification'];
  const rows = await world.database.query<{ id: string }>(
    services
      .map(
        (service) => `SELECT '${service} ' || topic || ' ' || reason || ': ' || left(error_message, 120) AS id
        FROM ${service}_service.failed_messages WHERE status = 'dead_lettered'`,
      )
      .join(' UNION ALL '),
  );
  if (rows.length === world.expectedDeadLetters) return [];
  const what = `${rows.length} dead letters where ${world.expectedDeadLetters} were provoked`;
  return [{ invariant: 'I9', what, count: rows.length, examples: rows.slice(0, 5).map(({ id }) => id) }];
}
