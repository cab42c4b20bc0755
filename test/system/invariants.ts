import { rowsThatDisagree } from '../../tools/ops/reconcile/rows.ts';
import { INVARIANTS } from '../../tools/ops/reconcile/check.ts';
import type { System } from './system.ts';

/** What is no contradiction, and yet not there once a system is at rest; as queries that give ids. */
const LEFT_BEHIND: Readonly<Record<string, string>> = {
  'the audit trail of an order is complete and ends in its state': `
    SELECT o.order_id::text AS id FROM orders o
    LEFT JOIN (SELECT order_id, count(*) AS entries, max(number) AS last FROM order_events GROUP BY 1) e USING (order_id)
    LEFT JOIN order_events l ON l.order_id = o.order_id AND l.number = e.last
    WHERE e.entries IS DISTINCT FROM e.last OR e.last <> o.event_count OR l.to_status IS DISTINCT FROM o.status`,
  'money that was collected is in the audit trail': `
    SELECT order_id::text AS id FROM payments p WHERE captured_amount > 0 AND NOT EXISTS (
      SELECT FROM order_events e WHERE e.order_id = p.order_id AND e.event = 'payment_captured')`,
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

/** Checks a system at rest, by its tables; an empty list means that all is well. `reconcile` knows the topics as well. */
export async function violations(system: Pick<System, 'sql' | 'stack'>): Promise<Violation[]> {
  const disagreements = await rowsThatDisagree(system.stack.databaseUrl('admin'));
  const found = [
    ...Map.groupBy(disagreements, ({ invariant, check }) => `${invariant} ${check}: ${INVARIANTS[invariant]}`),
  ].map(([invariant, those]) =>
    violation(
      invariant,
      those.map(({ subject, found }) => `${subject}: ${found}`),
    ),
  );
  for (const [invariant, query] of Object.entries(LEFT_BEHIND)) {
    const rows = await system.sql<{ id: string }>(query);
    if (rows.length > 0)
      found.push(
        violation(
          invariant,
          rows.map(({ id }) => id),
        ),
      );
  }
  return found;
}

function violation(invariant: string, examples: readonly string[]): Violation {
  return { invariant, count: examples.length, examples: examples.slice(0, 3) };
}
