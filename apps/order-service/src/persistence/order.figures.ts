/** Runs a statement and gives its rows. */
type Query = <Row>(text: string, parameters?: unknown[]) => Promise<Row[]>;

/** Orders that wait for something, in one state. */
export interface OpenOrders {
  readonly state: string;
  readonly orders: number;
  /** When the oldest of them was placed. */
  readonly oldestAt: Date;
}

/** Open orders by state, for /metrics. Looks at each of them in the index of open orders. */
export function openOrders(query: Query): Promise<OpenOrders[]> {
  return query(
    `SELECT status AS state, count(*)::int AS orders, min(created_at) AS "oldestAt" FROM orders
     WHERE open_until IS NOT NULL GROUP BY status`,
  );
}

/** Open orders whose deadline has passed, for /metrics and `./ops status`. */
export async function overdueOrders(
  query: Query,
  now: Date,
  schema?: string,
): Promise<{ readonly due: number; readonly oldestDue: Date | null }> {
  const orders = schema === undefined ? 'orders' : `${schema}.orders`;
  const [row] = await query<{ due: number; oldestDue: Date | null }>(
    `SELECT count(*)::int AS due, min(open_until) AS "oldestDue" FROM ${orders} WHERE open_until <= $1`,
    [now],
  );
  return row ?? { due: 0, oldestDue: null };
}
