import { Client } from 'pg';

/** Times between which rows are looked at. */
export interface Bounds {
  /** Orders placed before are left out. */
  readonly since: Date;
  /** The same for everything that is compared with the topics, which forget sooner than the tables. */
  readonly topicsSince: Date;
  /** What changed later may still be on its way, and does not count. */
  readonly settledBefore: Date;
}

const TABLES = `
  CREATE TEMP TABLE bounds (since timestamptz NOT NULL, topics_since timestamptz NOT NULL,
    settled_before timestamptz NOT NULL);
  CREATE TEMP TABLE scope (order_id uuid NOT NULL);
  CREATE TEMP TABLE recent_scope (order_id uuid NOT NULL);
  CREATE TEMP TABLE findings (
    look smallint NOT NULL, invariant text NOT NULL, "check" text NOT NULL, service text NOT NULL, subject text NOT NULL,
    order_id uuid, expected text NOT NULL, found text NOT NULL)`;

/* Orders that have not changed since `settled_before`: by then everything they caused must be done. */
const FILL_SCOPE = `
  WITH settled AS (
    SELECT order_id, created_at FROM orders, bounds WHERE created_at >= since AND updated_at < settled_before
  ), recent AS (
    INSERT INTO recent_scope SELECT order_id FROM settled, bounds WHERE created_at >= topics_since
  )
  INSERT INTO scope SELECT order_id FROM settled`;

/**
 * A session of the administrator with temporary tables. Whatever can be large lives in them, on the server's disk, so that
 * checking a million orders takes no more memory here than checking a hundred.
 */
export class Workspace {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** @throws when the database does not answer, or when the role of the URL cannot see all four schemas. */
  static async open(databaseUrl: string): Promise<Workspace> {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: 'ops',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // Reading tables of millions of rows takes its time; nothing of the system waits for it.
      options: '-c statement_timeout=600s -c lock_timeout=5s -c work_mem=32MB -c temp_buffers=32MB -c jit=off',
    });
    client.on('error', () => undefined); // the query that is running reports it
    await client.connect();
    await client.query(
      'SET search_path = order_service, payment_service, inventory_service, notification_service, public',
    );
    await client.query(TABLES);
    return new Workspace(client);
  }

  /** Settles which orders are looked at; to be called again before a second look. */
  async bound({ since, topicsSince, settledBefore }: Bounds): Promise<void> {
    await this.client.query('TRUNCATE bounds, scope, recent_scope');
    await this.client.query('INSERT INTO bounds VALUES ($1, $2, $3)', [since, topicsSince, settledBefore]);
    await this.client.query(FILL_SCOPE);
    await this.client.query('ANALYZE scope, recent_scope');
  }

  /** The server's clock: the rows carry its time and that of the services, not that of this machine. */
  async now(): Promise<Date> {
    const { rows } = await this.client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return rows[0]?.now ?? new Date();
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
