import { fromNumeric, toNumeric } from '@app/events';
import { GroupCommit, type Settled } from '@app/messaging';
import { columnsOf, onSession, queryRows, rowSet, selectList } from '@app/postgres';
import type { Pool, PoolClient } from 'pg';
import type { GatewayAnswer, OpenOutcome } from '../domain/gateway-outcome';
import { GatewayLedgerEntity } from '../persistence/gateway-ledger.entity';
import { answerOf, judge, type FollowUp, type LedgerEntry } from './simulator-rules';

const LINE = [
  'idempotencyKey',
  'operation',
  'reference',
  'outcome',
  'amount',
  'currency',
  'paymentMethod',
] as const satisfies (keyof GatewayLedgerEntity)[];

type LedgerRow = Readonly<Pick<GatewayLedgerEntity, (typeof LINE)[number]>>;

const COLUMNS = selectList(GatewayLedgerEntity, ...LINE);
const LINES = rowSet(columnsOf(GatewayLedgerEntity, ...LINE));

/*
 * Statements have names, so that they are planned once for each connection. Their plans cannot go wrong when the books grow:
 * the connection allows nothing but an index (see `connection` of the platform).
 */
const WRITE = {
  name: 'write',
  text: `
    INSERT INTO gateway_ledger (${LINES.columns()})
    SELECT * FROM ${LINES.unnest('line')}
    ORDER BY idempotency_key
    ON CONFLICT DO NOTHING
    RETURNING idempotency_key`,
};
const FIND = {
  name: 'find',
  text: `SELECT ${COLUMNS} FROM gateway_ledger WHERE idempotency_key = ANY ($1::text[])`,
};
/** Everything done to a hold takes its turn on the line that placed it. */
const LOCK_HOLDS = {
  name: 'lock holds',
  text: `
    SELECT 1 FROM gateway_ledger WHERE reference = ANY ($1::text[]) AND operation = 'authorize'
    ORDER BY idempotency_key FOR UPDATE`,
};
const HISTORY = {
  name: 'history',
  text: `SELECT ${COLUMNS} FROM gateway_ledger WHERE reference = ANY ($1::text[])`,
};

/** What somebody gave back in the gateway's own pages; few, so that the index of these has nothing to do otherwise. */
const BY_OPERATORS = {
  name: 'by operators',
  text: `
    SELECT idempotency_key FROM gateway_ledger
    WHERE idempotency_key LIKE '%:operator:%' AND created_at >= $1::timestamptz ORDER BY created_at LIMIT 1000`,
};

/** An authorisation as it will be in the books, unless there is a line with its key. */
export type LedgerRequest = { readonly kind: 'authorize'; readonly entry: LedgerEntry } | FollowUpRequest;
type FollowUpRequest = { readonly kind: 'follow_up'; readonly request: FollowUp };

export interface LedgerReply {
  readonly answer: GatewayAnswer | OpenOutcome;
  /** Written just now, as opposed to read from the books. */
  readonly isNew: boolean;
}

/**
 * The books of the simulated gateway, durable and on connections of their own, so that nothing that happens to a
 * payment's transaction happens to them. Calls that arrive together share a transaction.
 */
export class GatewayLedger {
  private readonly groups = new GroupCommit<LedgerRequest, LedgerReply>((requests) => this.commit(requests), {
    maxGroup: 500,
    maxWaiting: 20_000,
    concurrency: 2,
    linger: { idleMs: 0, busyMs: 20 },
  });

  private closing: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  /** Resolves when the books are on disk. */
  record(request: LedgerRequest): Promise<LedgerReply> {
    return this.groups.submit(request);
  }

  async find(idempotencyKey: string): Promise<GatewayAnswer | undefined> {
    const line = await this.hold(idempotencyKey);
    return line && answerOf(line);
  }

  /** Everything in the books about a hold. */
  async history(reference: string): Promise<LedgerEntry[]> {
    return (await onSession(this.pool, (client) => queryRows<LedgerRow>(client, HISTORY, [[reference]]))).map(fromRow);
  }

  /** The line of an authorisation. */
  async hold(idempotencyKey: string): Promise<LedgerEntry | undefined> {
    const [row] = await onSession(this.pool, (client) => queryRows<LedgerRow>(client, FIND, [[idempotencyKey]]));
    return row && fromRow(row);
  }

  /** The keys of what was given back by hand since then, the oldest first. */
  async byOperatorsSince(since: Date): Promise<string[]> {
    const rows = await onSession(this.pool, (client) =>
      queryRows<{ idempotency_key: string }>(client, BY_OPERATORS, [since]),
    );
    return rows.map(({ idempotency_key }) => idempotency_key);
  }

  /** Once, however often it is asked for. */
  close(): Promise<void> {
    this.closing ??= this.groups.drained().then(() => this.pool.end());
    return this.closing;
  }

  /** Run again, it finds its lines in the books: what is done twice is done once. */
  private commit(requests: readonly LedgerRequest[]): Promise<Settled<LedgerReply>[]> {
    return onSession(this.pool, async (client) => {
      await client.query('BEGIN');
      const holds = requests.flatMap((request) => (request.kind === 'authorize' ? [request.entry] : []));
      const followUps = requests.flatMap((request) => (request.kind === 'follow_up' ? [request.request] : []));
      const replies = new Map([...(await this.placeHolds(client, holds)), ...(await this.followUp(client, followUps))]);
      await client.query('COMMIT');
      return requests.map((request) => settled(replies.get(keyOf(request))));
    });
  }

  private async placeHolds(client: PoolClient, entries: readonly LedgerEntry[]): Promise<[string, LedgerReply][]> {
    const written = await write(client, entries);
    const stored = written.size === entries.length ? new Map<string, LedgerEntry>() : await find(client, entries);
    return entries.map((entry) => {
      const line = stored.get(entry.idempotencyKey) ?? entry;
      return [entry.reference, { answer: answerOf(line), isNew: line.reference === entry.reference }];
    });
  }

  private async followUp(client: PoolClient, requests: readonly FollowUp[]): Promise<Map<string, LedgerReply>> {
    if (requests.length === 0) return new Map();
    const references = [...new Set(requests.map(({ reference }) => reference))];
    await queryRows(client, LOCK_HOLDS, [references]);
    const rows = await queryRows<LedgerRow>(client, HISTORY, [references]);
    const histories = Map.groupBy(rows.map(fromRow), ({ reference }) => reference);
    const entries: LedgerEntry[] = [];
    const replies = new Map<string, LedgerReply>();
    for (const request of requests) {
      const history = histories.get(request.reference) ?? [];
      const ruling = judge(request, history);
      if (ruling.kind === 'write') {
        entries.push(ruling.entry);
        histories.set(request.reference, [...history, ruling.entry]);
        replies.set(request.idempotencyKey, { answer: answerOf(ruling.entry), isNew: true });
      } else if (!replies.has(request.idempotencyKey)) {
        replies.set(request.idempotencyKey, { answer: ruling.answer, isNew: false });
      }
    }
    const written = await write(client, entries);
    if (written.size < entries.length) throw new Error('the books contradict themselves');
    return replies;
  }
}

async function find(client: PoolClient, entries: readonly LedgerEntry[]): Promise<Map<string, LedgerEntry>> {
  const keys = entries.map(({ idempotencyKey }) => idempotencyKey);
  const rows = await queryRows<LedgerRow>(client, FIND, [keys]);
  return new Map(rows.map((row) => [row.idempotencyKey, fromRow(row)]));
}

async function write(client: PoolClient, entries: readonly LedgerEntry[]): Promise<Set<string>> {
  if (entries.length === 0) return new Set();
  const values = LINES.parameters(entries.map((entry) => ({ ...entry, amount: toNumeric(entry.amount) })));
  const rows = await queryRows<{ idempotency_key: string }>(client, WRITE, values);
  return new Set(rows.map((row) => row.idempotency_key));
}

/** Two attempts at one authorisation differ in the reference they propose; only one of them is in the books. */
function keyOf(request: LedgerRequest): string {
  return request.kind === 'authorize' ? request.entry.reference : request.request.idempotencyKey;
}

function settled(reply: LedgerReply | undefined): Settled<LedgerReply> {
  if (reply === undefined) return { status: 'rejected', reason: new Error('no line in the books') };
  return { status: 'fulfilled', value: reply };
}

function fromRow(row: LedgerRow): LedgerEntry {
  return { ...row, amount: fromNumeric(row.amount) };
}
