import type { System } from './system.ts';

/** What must never be found, each as a query that gives the ids of whatever breaks it, over all four schemas. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'a settled order is settled': `
    SELECT order_id::text AS id FROM orders WHERE status IN ('pending', 'paid')`,
  'a confirmed order has its money captured': `
    SELECT o.order_id::text AS id FROM orders o LEFT JOIN payments p USING (order_id)
    WHERE o.status = 'confirmed' AND (p.status IS DISTINCT FROM 'captured' OR p.captured_amount <> o.total_amount)`,
  'a cancelled order has net money zero and nothing held': `
    SELECT o.order_id::text AS id FROM orders o LEFT JOIN payments p USING (order_id)
    WHERE o.status = 'cancelled'
      AND (p.status IS NULL OR p.status NOT IN ('failed', 'voided', 'refunded', 'cancelled')
           OR p.captured_amount <> p.refunded_amount)`,
  'a confirmed order has taken its stock': `
    SELECT o.order_id::text AS id FROM orders o LEFT JOIN stock_allocations a USING (order_id)
    WHERE o.status = 'confirmed' AND a.status IS DISTINCT FROM 'taken'`,
  'a cancelled order has taken nothing': `
    SELECT o.order_id::text AS id FROM orders o JOIN stock_allocations a USING (order_id)
    WHERE o.status = 'cancelled' AND a.status = 'taken'`,
  'what an order took is what it ordered': `
    SELECT o.order_id::text AS id FROM orders o
    JOIN (SELECT order_id, product_id, sum(quantity) AS quantity FROM order_items GROUP BY 1, 2) i USING (order_id)
    LEFT JOIN (SELECT order_id, product_id, sum(quantity_delta) AS delta FROM stock_movements GROUP BY 1, 2) m
      USING (order_id, product_id)
    WHERE coalesce(m.delta, 0) <> CASE o.status WHEN 'confirmed' THEN -i.quantity ELSE 0 END`,
  'stock is never negative and equals its movements': `
    SELECT i.product_id AS id FROM inventory i
    JOIN (SELECT product_id, sum(quantity_delta) AS total FROM stock_movements GROUP BY 1) m USING (product_id)
    WHERE i.quantity <> m.total OR i.quantity < 0`,
  'the audit trail of an order is complete and ends in its state': `
    SELECT o.order_id::text AS id FROM orders o
    LEFT JOIN (SELECT order_id, count(*) AS entries, max(number) AS last FROM order_events GROUP BY 1) e USING (order_id)
    LEFT JOIN order_events l ON l.order_id = o.order_id AND l.number = e.last
    WHERE e.entries IS DISTINCT FROM e.last OR e.last <> o.event_count OR l.to_status IS DISTINCT FROM o.status`,
  'an order has one notification of a kind on a channel': `
    SELECT order_id::text AS id FROM notifications WHERE resend = 0
    GROUP BY order_id, notification_type, channel HAVING count(*) > 1`,
  'every outbox is empty': `
    SELECT aggregateid AS id FROM order_service.outbox UNION ALL SELECT aggregateid FROM payment_service.outbox
    UNION ALL SELECT aggregateid FROM inventory_service.outbox UNION ALL SELECT aggregateid FROM notification_service.outbox`,
  'no message was put aside': `
    SELECT id::text FROM order_service.failed_messages UNION ALL SELECT id::text FROM payment_service.failed_messages
    UNION ALL SELECT id::text FROM inventory_service.failed_messages
    UNION ALL SELECT id::text FROM notification_service.failed_messages`,
};

/** A broken invariant and the first of what breaks it. */
export interface Violation {
  readonly invariant: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** Checks every invariant on a system at rest; an empty list means that all hold. */
export async function violations(system: Pick<System, 'sql'>): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const [invariant, query] of Object.entries(INVARIANTS)) {
    const rows = await system.sql<{ id: string }>(query);
    if (rows.length > 0) {
      found.push({ invariant, count: rows.length, examples: rows.slice(0, 3).map(({ id }) => id) });
    }
  }
  return found;
}
