import pg from 'pg';

/** One session of the administrator that comes back after an outage; every query has a time-out. */
export class Database {
  private readonly url: string;
  private readonly timeoutMs: number;
  private client: pg.Client | undefined;

  constructor(url: string, timeoutMs = 60_000) {
    this.url = url;
    this.timeoutMs = timeoutMs;
  }

  async query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = this.client ?? (await this.connect());
    try {
      return (await client.query<Row>(sql, parameters)).rows;
    } catch (error) {
      // Whatever was the matter, a fresh session cannot be in the middle of something.
      if (!(error instanceof pg.DatabaseError) || /^(08|57)/.test(error.code ?? '')) this.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: Math.min(this.timeoutMs, 5_000),
      query_timeout: this.timeoutMs,
      application_name: 'fault-suite',
    });
    client.on('error', () => undefined);
    await client.connect();
    return (this.client = client);
  }

  private drop(): void {
    const { client } = this;
    this.client = undefined;
    void client?.end().catch(() => undefined);
  }
}
