/*
 * What waits in the tables of a service. Each figure is read here and nowhere else: for /health, for /metrics and for `./ops status`,
 * which passes the schema since its session has no service's search_path.
 */

/** Runs a statement and gives its rows. */
export type Query = <Row>(text: string, parameters?: unknown[]) => Promise<Row[]>;

/** Events that are to be published. */
export interface OutboxAge {
  /** Since the oldest was stored; 0 when there is none. */
  readonly oldestMs: number;
  /** Kafka refuses these as they are. */
  readonly refused: number;
}

/** Costs the same whatever waits. */
export async function outboxAge(query: Query, schema?: string): Promise<OutboxAge> {
  const outbox = tableOf(schema, 'outbox');
  const [row] = await query<{ waiting_ms: string; refused: number }>(
    `SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at) * 1000
       FROM ${outbox} ORDER BY position LIMIT 1), 0)::bigint AS waiting_ms,
       (SELECT count(*)::int FROM ${outbox} WHERE refused_at IS NOT NULL) AS refused`,
  );
  return { oldestMs: Math.max(0, Number(row?.waiting_ms ?? 0)), refused: row?.refused ?? 0 };
}

/** Events in the outbox. Looks at each, some 50 ms for a million. */
export async function outboxSize(query: Query, schema?: string): Promise<number> {
  const [row] = await query<{ n: number }>(`SELECT count(*)::int AS n FROM ${tableOf(schema, 'outbox')}`);
  return row?.n ?? 0;
}

const UNFINISHED = ['dead_lettered', 'quarantined', 'retrying', 'waiting'] as const;

/** Messages that were put aside and are not finished, by status, and since when there are some. */
export type FailedMessageCounts = Readonly<Record<(typeof UNFINISHED)[number], number>> & {
  readonly oldest_at: Date | null;
};

/** @param atMost of each status: a figure of that size means so many, or more. */
export async function failedMessageCounts(
  query: Query,
  group: string,
  atMost: number,
  schema?: string,
): Promise<FailedMessageCounts> {
  const messages = tableOf(schema, 'failed_messages');
  const [row] = await query<FailedMessageCounts>(
    `SELECT ${UNFINISHED.map(
      (status) => `(
         SELECT count(*)::int FROM (SELECT FROM ${messages} WHERE consumer_group = $1 AND status = '${status}'
           LIMIT ${atMost}) AS counted) AS ${status}`,
    ).join(', ')},
       (SELECT created_at FROM ${messages} WHERE consumer_group = $1 AND status NOT IN ('resolved', 'discarded')
        ORDER BY position LIMIT 1) AS oldest_at`,
    [group],
  );
  return row ?? { dead_lettered: 0, quarantined: 0, retrying: 0, waiting: 0, oldest_at: null };
}

/** Items that are due and that nobody has taken, and when the oldest of them became due. */
export interface DueBacklog {
  readonly due: number;
  readonly oldestDue: Date | null;
}

/** Retries whose time has come. What waits behind another message is not among them. */
export async function dueRetries(query: Query, group: string, now: Date): Promise<DueBacklog> {
  const [row] = await query<DueBacklog>(
    `SELECT count(*)::int AS due, min(next_attempt_at) AS "oldestDue" FROM failed_messages
     WHERE consumer_group = $1 AND status = 'retrying' AND next_attempt_at <= $2`,
    [group, now],
  );
  return row ?? { due: 0, oldestDue: null };
}

function tableOf(schema: string | undefined, table: string): string {
  return schema === undefined ? table : `${schema}.${table}`;
}
