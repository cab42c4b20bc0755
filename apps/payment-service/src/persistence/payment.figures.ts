/** Runs a statement and gives its rows. */
type Query = <Row>(text: string, parameters?: unknown[]) => Promise<Row[]>;

/** Payments of which nobody knows whether the gateway has done what it was asked. */
export interface UnknownPayments {
  readonly payments: number;
  /** When the payment was begun that is the oldest of them. */
  readonly oldestAt: Date | null;
}

/** For /metrics and `./ops status`, which passes the schema. Looks at the open payments alone. */
export async function unknownPayments(query: Query, schema?: string): Promise<UnknownPayments> {
  const [row] = await query<UnknownPayments>(
    `SELECT count(*)::int AS payments, min(created_at) AS "oldestAt" FROM ${tableOf(schema)}
     WHERE final_status IS NULL AND status = 'unknown'`,
  );
  return row ?? { payments: 0, oldestAt: null };
}

/** Payments with an operation that is due and in nobody's hands: the same. */
export async function duePayments(
  query: Query,
  now: Date,
  schema?: string,
): Promise<{ readonly due: number; readonly oldestDue: Date | null }> {
  const [row] = await query<{ due: number; oldestDue: Date | null }>(
    `SELECT count(*)::int AS due, min(due_at) AS "oldestDue" FROM ${tableOf(schema)} WHERE look_at <= $1 AND due_at <= $1`,
    [now],
  );
  return row ?? { due: 0, oldestDue: null };
}

function tableOf(schema: string | undefined): string {
  return schema === undefined ? 'payments' : `${schema}.payments`;
}
