/** Runs a statement and gives its rows. */
type Query = <Row>(text: string, parameters?: unknown[]) => Promise<Row[]>;

/** Notifications that are due and in nobody's hands, for /metrics. */
export async function dueNotifications(
  query: Query,
  now: Date,
): Promise<{ readonly due: number; readonly oldestDue: Date | null }> {
  const [row] = await query<{ due: number; oldestDue: Date | null }>(
    `SELECT count(*)::int AS due, min(due_at) AS "oldestDue" FROM notifications
     WHERE status = 'pending' AND due_at <= $1`,
    [now],
  );
  return row ?? { due: 0, oldestDue: null };
}
