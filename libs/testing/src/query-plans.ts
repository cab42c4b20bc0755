import { AsyncLocalStorage } from 'node:async_hooks';
import pg, { type Client, type QueryResultRow } from 'pg';

/** One statement as a service sent it, and the session it was sent on. */
interface SentStatement {
  readonly client: Client;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether it has a name: then PostgreSQL may keep a plan of it that knows no values. */
  readonly prepared: boolean;
}

/** Of `EXPLAIN (ANALYZE, FORMAT JSON)`, what is looked at here. Rows are averages over the loops. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** What PostgreSQL did for one statement. */
export interface QueryPlan {
  readonly text: string;
  /** Tables that were read from one end to the other. */
  readonly sequentialScans: readonly string[];
  /** Rows of all tables that were looked at, those included that were thrown away. */
  readonly rows: number;
  /** Pages of 8 KiB that were visited, of tables and indexes. Shows what the rows do not: entries skipped within an index. */
  readonly blocks: number;
}

/** What a request may cost, over all of its statements. */
export interface PlanBounds {
  readonly rows: number;
  readonly blocks: number;
}

const recording = new AsyncLocalStorage<SentStatement[]>();
type Query = (this: Client, ...args: unknown[]) => unknown;
let send: Query | undefined;

/**
 * What PostgreSQL does for the statements that `request` really sends. They are recorded with their values where pg sends them,
 * those of other requests and of background work left out; then each is run once more with EXPLAIN (ANALYZE), in a transaction
 * that is rolled back, with the settings of the session that sent it. One that was prepared is explained twice, with a plan for its values
 * and with one for any values.
 *
 * The service has to run in this process, and the request has to be made in it (`app.inject`): through a socket, nothing would tell
 * whose statement it is.
 *
 * @param adminUrl the service's database, as the superuser.
 */
export async function plansOf(adminUrl: string, request: () => Promise<unknown>): Promise<readonly QueryPlan[]> {
  record();
  const statements: SentStatement[] = [];
  await recording.run(statements, request);
  const explained = statements.filter(({ text }) => /^\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(text));
  const plans: QueryPlan[] = [];
  for (const statement of explained) plans.push(...(await explain(adminUrl, statement)));
  return plans;
}

/**
 * What is wrong with the plans of a request, in a sentence each: whole tables that are read, and more looked at than `bounds` allow.
 * A request that sent no statement is wrong, too: nothing was judged.
 */
export function objectionsTo(plans: readonly QueryPlan[], bounds: PlanBounds): string[] {
  const scanned = plans.flatMap(({ text, sequentialScans }) =>
    sequentialScans.map((table) => `reads all of ${table}: ${text}`),
  );
  const texts = plans.map(({ text, rows, blocks }) => `\n${rows} rows, ${blocks} blocks: ${text}`).join('');
  const over = (['rows', 'blocks'] as const).flatMap((what) => {
    const total = plans.reduce((sum, plan) => sum + plan[what], 0);
    return total > bounds[what] ? [`looks at ${total} ${what}, ${bounds[what]} at most: ${texts}`] : [];
  });
  return [...(plans.length === 0 ? ['sends no statement'] : []), ...scanned, ...over];
}

/** Puts itself before pg's own method, once. */
function record(): void {
  if (send !== undefined) return;
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const original = prototype.query;
  send = original;
  prototype.query = function (this: Client, ...args: unknown[]): unknown {
    recording.getStore()?.push(sent(this, args));
    return original.apply(this, args);
  };
}

function sent(client: Client, [query, values]: readonly unknown[]): SentStatement {
  const list = Array.isArray(values) ? (values as unknown[]) : [];
  if (typeof query === 'string') return { client, text: query, values: list, prepared: false };
  const { text, values: own, name } = query as { text: string; values?: unknown[]; name?: string };
  return { client, text, values: own ?? list, prepared: name !== undefined };
}

async function explain(adminUrl: string, statement: SentStatement): Promise<QueryPlan[]> {
  const settings = await sessionSettings(statement.client);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const { name, setting } of settings) await client.query('SELECT set_config($1, $2, false)', [name, setting]);
    // A plan that is wrong may take longer than the service would wait for it.
    await client.query('SET statement_timeout = 0');
    const modes = statement.prepared ? ['force_custom_plan', 'force_generic_plan'] : ['force_custom_plan'];
    const plans: QueryPlan[] = [];
    for (const mode of modes) plans.push(planOf(statement.text, await explained(client, statement, mode)));
    return plans;
  } finally {
    await client.end();
  }
}

/** What was set on the session, and what its role and its database give it. */
async function sessionSettings(client: Client): Promise<readonly { name: string; setting: string }[]> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE source IN ('session', 'user', 'database', 'database user')`,
  );
  return rows;
}

async function explained(client: Client, { text, values }: SentStatement, mode: string): Promise<PlanNode> {
  const given = values.map((value) => literal(value)).join(', ');
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL plan_cache_mode = ${mode}`);
    await client.query(`PREPARE explained AS ${text}`);
    const { rows } = await client.query<QueryResultRow & { 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE explained ${given === '' ? '' : `(${given})`}`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new TypeError('EXPLAIN has told nothing');
    return plan;
  } finally {
    await client.query('ROLLBACK');
    await client.query('DEALLOCATE ALL');
  }
}

/** As pg would have sent it, but within a text. */
function literal(value: unknown): string {
  const { utils } = pg as unknown as { utils: { prepareValue(value: unknown): string | Buffer | null } };
  const text = utils.prepareValue(value);
  if (text === null) return 'NULL';
  if (Buffer.isBuffer(text)) return `'\\x${text.toString('hex')}'`;
  return pg.escapeLiteral(text);
}

function planOf(text: string, root: PlanNode): QueryPlan {
  const scans = nodesOf(root).filter((node) => node['Relation Name'] !== undefined);
  return {
    text,
    sequentialScans: scans
      .filter((node) => node['Node Type'].endsWith('Seq Scan'))
      .map((node) => node['Relation Name'] ?? ''),
    rows: Math.round(scans.reduce((sum, node) => sum + rowsOf(node), 0)),
    blocks: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
  };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(node: PlanNode): number {
  const thrownAway = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + thrownAway) * node['Actual Loops'];
}
