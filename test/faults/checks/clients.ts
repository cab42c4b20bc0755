import type { JournalEntry } from '../journal.ts';
import type { World } from '../world.ts';
import { finding, type Finding } from './invariant.ts';

const RANK: Readonly<Record<string, number>> = { pending: 0, paid: 1, confirmed: 2, cancelled: 3 };

/** What clients were told, against each other and against what is stored. */
export async function checkClients(world: World): Promise<Finding[]> {
  const { journal } = world.load;
  const stored = await world.database.query<{ order_id: string; user_id: string; status: string }>(
    'SELECT order_id, user_id, status FROM orders',
  );
  const states = new Map(stored.map(({ order_id, status }) => [order_id, status]));
  const orders = Map.groupBy(stored, ({ user_id }) => user_id);
  const lost = journal.acknowledged.filter((id) => !states.has(id));
  // Every customer of the load wants one order, with or without a key: only one who asked twice may get two.
  const doubled = [...orders].flatMap(([client, of]) =>
    of.length > 1 && client.startsWith('load_') ? [`${client}: ${of.map(({ order_id }) => order_id).join(' ')}`] : [],
  );
  return [
    ...finding('I1', 'acknowledged orders that do not exist', lost),
    ...finding('I10', 'customers who wanted one order and have several', doubled),
    ...finding('I10', 'answers to one key that differ', differingAnswers(journal.of('create'))),
    ...finding('I11', 'a client saw an order go backwards', backwards(journal.entries)),
    ...finding('I11', 'a list had a gap or a double while orders came in', wrongLists(journal.entries)),
    ...finding('I11', 'a client could not read what it had been told of', unreadable(journal.entries)),
    ...finding('I11', 'an order is not cancelled although its customer was told so', uncancelled(journal, states)),
    ...(await checkDeliveries(world)),
  ];
}

function differingAnswers(creates: readonly JournalEntry[]): string[] {
  const keyed = creates.filter(({ key, status }) => key !== undefined && status === 201);
  const bodies = Map.groupBy(keyed, ({ key }) => key ?? '');
  return [...bodies].flatMap(([key, of]) => (new Set(of.map(({ body }) => body)).size > 1 ? [key] : []));
}

/** Who cancels has a name of their own here: only what follows one another is compared. */
function backwards(entries: readonly JournalEntry[]): string[] {
  const reads = entries.filter(({ kind, state }) => kind !== 'deliver' && kind !== 'list' && state !== undefined);
  return [...Map.groupBy(reads, ({ client }) => client)].flatMap(([client, of]) => {
    let rank = 0;
    for (const { state = '', kind } of of) {
      const now = RANK[state] ?? -1;
      if (kind === 'read' && now < rank) return [`${client}: ${of.map((each) => each.state).join(' ')}`];
      rank = Math.max(rank, now);
    }
    return [];
  });
}

/**
 * Every order that was acknowledged before the list was begun, and is newer than the oldest one on its pages, has to be on them,
 * once. Ids of orders rise with time, and so does the list fall.
 */
function wrongLists(entries: readonly JournalEntry[]): string[] {
  const told = entries
    .filter(({ kind, status, orderId }) => kind === 'create' && status === 201 && orderId !== undefined)
    .map(({ orderId = '', at, ms }) => ({ orderId, known: at + ms }));
  return entries.flatMap(({ kind, at, listed = [] }) => {
    if (kind !== 'list' || listed.length === 0) return [];
    const seen = new Set(listed);
    const oldest = listed.at(-1) ?? '';
    const missing = told.filter(({ orderId, known }) => known < at && orderId > oldest && !seen.has(orderId));
    const doubled = listed.length - seen.size;
    return missing.length === 0 && doubled === 0
      ? []
      : [`at ${Math.round(at)} ms: ${doubled} twice, missing ${missing.map(({ orderId }) => orderId).join(' ')}`];
  });
}

function unreadable(entries: readonly JournalEntry[]): string[] {
  return entries.flatMap(({ kind, status, orderId, at }) =>
    (kind === 'read' || kind === 'cancel') && status === 404 ? [`${orderId ?? ''} at ${Math.round(at)} ms`] : [],
  );
}

function uncancelled(journal: World['load']['journal'], states: ReadonlyMap<string, string>): string[] {
  const told = journal.of('cancel').filter(({ state }) => state === 'cancelled');
  return told.flatMap(({ orderId = '' }) => (states.get(orderId) === 'cancelled' ? [] : [orderId]));
}

async function checkDeliveries(world: World): Promise<Finding[]> {
  const booked = await world.database.query<{ key: string; n: string; quantity: string }>(
    `SELECT idempotency_key AS key, count(*) AS n, sum(quantity_delta) AS quantity FROM stock_movements
     WHERE idempotency_key IS NOT NULL GROUP BY 1`,
  );
  const byKey = new Map(booked.map((row) => [row.key, row]));
  const wrong = world.load.journal.of('deliver').flatMap(({ status, key = '', quantity }) => {
    const row = byKey.get(key);
    const right = row === undefined ? status !== 201 : Number(row.n) === 1 && Number(row.quantity) === quantity;
    return right ? [] : [key];
  });
  return finding('I4', 'deliveries that were not booked exactly once', wrong);
}
