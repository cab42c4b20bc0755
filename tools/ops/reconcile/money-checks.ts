import type { RowCheck } from './check.ts';

/* Written down by the simulated gateway alone; a payment at a real one has another kind of reference and no line here. */
const LEDGER = `
  ledger AS (
    SELECT split_part(idempotency_key, ':', 1)::uuid AS order_id,
      coalesce(sum(amount) FILTER (WHERE outcome = 'authorized'), 0) AS authorised,
      coalesce(sum(amount) FILTER (WHERE outcome = 'captured'), 0) AS captured,
      coalesce(sum(amount) FILTER (WHERE outcome = 'voided'), 0) AS voided,
      coalesce(sum(amount) FILTER (WHERE outcome = 'refunded'), 0) AS refunded,
      count(*) FILTER (WHERE outcome = 'captured') AS captures,
      min(created_at) AS since
    FROM gateway_ledger WHERE idempotency_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:'
    GROUP BY 1)`;

/** The payments against the orders and against the gateway’s books. */
export const MONEY: readonly RowCheck[] = [
  {
    invariant: 'I3',
    name: 'books',
    service: 'payment-service',
    // While an operation is due the gateway may be ahead of the row.
    sql: `
      WITH ${LEDGER}, side AS (
        SELECT p.order_id,
          format('authorised %s, captured %s, refunded %s, held %s', coalesce(l.authorised, 0)::numeric(14,2),
            coalesce(l.captured, 0)::numeric(14,2), coalesce(l.refunded, 0)::numeric(14,2),
            coalesce(l.authorised - l.captured - l.voided, 0)::numeric(14,2)) AS books,
          format('authorised %s, captured %s, refunded %s, held %s',
            (CASE WHEN gateway_reference IS NULL THEN 0 ELSE p.amount END)::numeric(14,2), p.captured_amount,
            p.refunded_amount, (CASE WHEN p.stage = 'authorized' THEN p.amount ELSE 0 END)::numeric(14,2)) AS payment
        FROM scope JOIN payments p USING (order_id) LEFT JOIN ledger l USING (order_id)
        WHERE p.operation IS NULL AND (p.gateway_reference IS NULL OR p.gateway_reference LIKE 'sim\\_%'))
      SELECT order_id::text AS subject, order_id, 'books: ' || books AS expected, 'payment: ' || payment AS found
      FROM side WHERE books <> payment`,
  },
  {
    invariant: 'I3',
    name: 'one-capture',
    service: 'payment-service',
    sql: `
      WITH ${LEDGER}
      SELECT order_id::text AS subject, order_id, 'at most one capture' AS expected, captures || ' captures' AS found
      FROM ledger, bounds WHERE ledger.since >= bounds.since AND captures > 1`,
  },
  {
    invariant: 'I3',
    name: 'amount',
    service: 'payment-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'the order’s total, ' || o.total_amount || ' ' || o.currency AS expected,
        'a payment over ' || p.amount || ' ' || p.currency AS found
      FROM scope JOIN orders o USING (order_id) JOIN payments p USING (order_id)
      WHERE p.amount <> o.total_amount OR p.currency <> o.currency`,
  },
  {
    invariant: 'I3',
    name: 'unknown-payment',
    service: 'payment-service',
    sql: `
      SELECT order_id::text AS subject, order_id, 'an outcome, by asking the gateway' AS expected,
        format('unknown whether %s was done, after %s attempts; asked again at %s', p.operation, p.attempts,
          to_char(p.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS found
      FROM scope JOIN payments p USING (order_id) WHERE p.status = 'unknown'`,
  },
  {
    invariant: 'I3',
    name: 'money-without-payment',
    service: 'payment-service',
    sql: `
      WITH ${LEDGER}
      SELECT order_id::text AS subject, order_id, 'a payment' AS expected,
        format('only an entry in the ledger of the gateway: authorised %s, captured %s', authorised, captured) AS found
      FROM ledger, bounds
      WHERE ledger.since >= bounds.since AND ledger.since < settled_before
        AND NOT EXISTS (SELECT FROM payments p WHERE p.order_id = ledger.order_id)`,
  },
];
