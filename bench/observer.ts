import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { PRICE, type Sample } from './load.ts';
import { NOTIFICATIONS_AN_ORDER, rampSeconds, type BacklogSample } from './sustained.ts';

/*
 * Counts of partial indexes stay cheap however many orders are stored, and can be asked for every second. So does what PostgreSQL
 * has counted itself, a second ago: every step of an order is worth one notification, and those that are not written yet, because
 * their record is still in Kafka, are to go as well.
 */
const BACKLOG = `
  SELECT (SELECT count(*) FROM orders WHERE open_until IS NOT NULL) AS orders,
    (SELECT count(*) FROM notifications WHERE status = 'pending') AS pending,
    pg_stat_get_tuples_inserted('order_service.order_events'::regclass)
      - pg_stat_get_tuples_inserted('notification_service.notifications'::regclass) AS unwritten`;

const OPEN = `
  SELECT 'order ' || order_id || ' ' || status AS what FROM orders WHERE open_until IS NOT NULL
  UNION ALL SELECT 'payment ' || payment_id || ' ' || status FROM payments
    WHERE final_status IS NULL
  UNION ALL SELECT 'notification ' || notification_id || ' ' || status FROM notifications WHERE status = 'pending'`;

/* $1 to $3: id, user and product of each accepted order. */
const FOLLOWED = `
  WITH placed AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS p (order_id, user_id, product_id)),
  told AS (
    SELECT order_id, count(*) AS mails FROM notifications WHERE order_id = ANY ($1::uuid[]) AND status = 'sent' GROUP BY 1
  ), lines AS (
    SELECT order_id, count(*) AS count, min(product_id) AS product_id, min(quantity) AS quantity FROM order_items
    WHERE order_id = ANY ($1::uuid[]) GROUP BY 1
  )
  SELECT count(*) FILTER (WHERE o.order_id IS NULL) AS lost,
    count(*) FILTER (WHERE o.status <> 'confirmed') AS "not confirmed",
    count(*) FILTER (WHERE o.user_id <> placed.user_id OR o.total_amount <> ${PRICE} OR lines.count IS DISTINCT FROM 1
      OR lines.product_id <> placed.product_id OR lines.quantity <> 1) AS "not what was ordered",
    count(*) FILTER (WHERE p.status IS DISTINCT FROM 'captured' OR p.captured_amount <> ${PRICE}) AS "not paid",
    count(*) FILTER (WHERE a.status IS DISTINCT FROM 'taken') AS "without stock",
    count(*) FILTER (WHERE told.mails IS DISTINCT FROM ${NOTIFICATIONS_AN_ORDER}) AS "without their three notifications"
  FROM placed LEFT JOIN orders o USING (order_id) LEFT JOIN lines USING (order_id) LEFT JOIN payments p USING (order_id)
  LEFT JOIN stock_allocations a USING (order_id) LEFT JOIN told USING (order_id)`;

const SETTLED_WITHIN_MS = 300_000;
/** After so long without another notification none is coming. */
const SILENT_FOR_MS = 15_000;

/** The least id that is given from that moment on: ids begin with the time (UUID v7). */
export function firstIdAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** Looks at a system's tables over one connection, as the administrator. */
export class Observer {
  private readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  static async connect(databaseUrl: string): Promise<Observer> {
    const client = new Client({ connectionString: databaseUrl, options: '-c statement_timeout=600s' });
    client.on('error', () => undefined); // the query that is running reports it
    await client.connect();
    return new Observer(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** `unwritten` counts from any number on. */
  async backlog(): Promise<{ orders: number; pending: number; unwritten: number }> {
    const [row] = await this.rows<{ orders: string; pending: string; unwritten: string }>(BACKLOG);
    return { orders: Number(row?.orders), pending: Number(row?.pending), unwritten: Number(row?.unwritten) };
  }

  openOrders(): Promise<number> {
    return this.count('SELECT count(*) AS n FROM orders WHERE open_until IS NOT NULL');
  }

  /** Of the orders placed since. */
  confirmedSince(firstId: string): Promise<number> {
    return this.count(`SELECT count(*) AS n FROM orders WHERE order_id >= $1 AND status = 'confirmed'`, [firstId]);
  }

  sentSince(firstId: string): Promise<number> {
    return this.count(`SELECT count(*) AS n FROM notifications WHERE notification_id >= $1 AND status = 'sent'`, [
      firstId,
    ]);
  }

  committedTransactions(): Promise<number> {
    return this.count('SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()');
  }

  /**
   * Waits, at most five minutes, until nothing is open in any table, and then for the notifications of these orders, whose news
   * may still be in Kafka: as long as it becomes fewer of them. Whether they have come is for {@link wrongOrders} to say.
   */
  async untilSettled(samples: readonly Sample[], firstId: string): Promise<void> {
    await this.untilNothingIsOpen();
    const due = samples.filter(({ status }) => status === 201).length * NOTIFICATIONS_AN_ORDER;
    let [sent, changed] = [await this.sentSince(firstId), performance.now()];
    while (sent < due && performance.now() - changed < SILENT_FOR_MS) {
      await delay(200);
      const now = await this.sentSince(firstId);
      if (now !== sent) changed = performance.now();
      sent = now;
    }
    await this.untilNothingIsOpen();
  }

  private async untilNothingIsOpen(): Promise<void> {
    const begin = performance.now();
    for (;;) {
      const open = await this.count(`SELECT count(*) AS n FROM (${OPEN}) o`);
      if (open === 0) return;
      if (performance.now() - begin > SETTLED_WITHIN_MS) {
        const rows = await this.rows<{ what: string }>(`${OPEN} LIMIT 5`);
        throw new Error(`${open} still open after five minutes: ${rows.map(({ what }) => what).join(', ')}`);
      }
      await delay(200);
    }
  }

  /** What became of a load's orders, each compared with what was ordered; in words, empty when all is well. */
  async wrongOrders(samples: readonly Sample[], firstId: string): Promise<string[]> {
    const accepted = samples.filter(({ status }) => status === 201);
    const [row = {}] = await this.rows<Record<string, string>>(FOLLOWED, [
      accepted.map(({ orderId }) => orderId),
      accepted.map(({ userId }) => userId),
      accepted.map(({ productId }) => productId),
    ]);
    const wrong = Object.entries(row).flatMap(([what, n]) => (n === '0' ? [] : [`${n} orders ${what}`]));
    const rows = await this.count('SELECT count(*) AS n FROM orders WHERE order_id >= $1', [firstId]);
    // One that was not answered in time may exist; any other that nobody placed is one too many.
    const unknown = samples.filter(({ status }) => status === 0).length;
    if (rows > accepted.length + unknown) wrong.push(`${rows} orders stored, ${accepted.length} accepted`);
    return wrong;
  }

  /** A look each second until `end`. `unanswered` are orders that are due and in no table yet. */
  async watch(end: Promise<unknown>, unanswered: () => number): Promise<BacklogSample[]> {
    const begin = performance.now();
    const samples: BacklogSample[] = [];
    const before = (await this.backlog()).unwritten;
    let ended = false;
    void end.finally(() => (ended = true)).catch(() => undefined);
    for (let second = 1; !ended; second += 1) {
      await Promise.race([end, delay(Math.max(0, begin + second * 1_000 - performance.now()))]);
      const { orders, pending, unwritten } = await this.backlog();
      const at = Math.round((performance.now() - begin) / 100) / 10;
      samples.push({ at, orders: orders + unanswered(), notifications: pending + Math.max(0, unwritten - before) });
    }
    return samples;
  }

  /** Orders confirmed per second between the ramp of a load that begins now and its end. */
  async confirmedAfterRamp(end: Promise<unknown>, seconds: number, firstId: string): Promise<number> {
    await delay(rampSeconds(seconds) * 1_000);
    const [begin, before] = [performance.now(), await this.confirmedSince(firstId)];
    await end;
    const elapsed = (performance.now() - begin) / 1_000;
    return ((await this.confirmedSince(firstId)) - before) / elapsed;
  }

  private async count(query: string, parameters: readonly unknown[] = []): Promise<number> {
    return Number((await this.rows<{ n: string }>(query, parameters))[0]?.n ?? 0);
  }

  private async rows<Row extends object>(query: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(query, [...parameters])).rows;
  }
}
