import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { HealthIndicator, type HealthResult, unlessAborted } from '@app/platform';
import { connection, type DatabaseOptions } from './data-source-options';
import { guardedClient } from './guarded-client';

const CHECK_TIMEOUT_MS = 900;
/** What a log-in meets (a changed password, settings that only new sessions have) is seen when the next one is made. */
const SESSION_LIFETIME_S = 2;
const READ_ONLY = 'it accepts no writes: it is a standby, or default_transaction_read_only is on';

/**
 * Whether the service can log in and write; required. It asks, and writes nothing: a standby and a database that was set to
 * read-only take no writes, and no service works without them. On a connection of its own: a pool that is busy with work is not a database that is down,
 * and taking a busy replica out of service would only make the others busier.
 */
export class PostgresHealthIndicator extends HealthIndicator implements OnApplicationShutdown {
  readonly name = 'postgresql';
  readonly required = true;
  private readonly pool: pg.Pool;

  constructor(options: DatabaseOptions) {
    super();
    this.pool = new pg.Pool({
      ...connection(options, 'health'),
      connectionString: options.config.databaseUrl,
      connectionTimeoutMillis: CHECK_TIMEOUT_MS,
      maxLifetimeSeconds: SESSION_LIFETIME_S,
      max: 1,
      allowExitOnIdle: true,
      Client: guardedClient(CHECK_TIMEOUT_MS),
    });
    // An idle connection that breaks is no news; the next check tells.
    this.pool.on('error', () => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  async check(signal: AbortSignal): Promise<HealthResult> {
    const client = await this.pool.connect();
    try {
      const asked = client.query<{ setting: string }>(`SELECT current_setting('transaction_read_only') AS setting`);
      const { rows } = await unlessAborted(asked, signal, () => new Error('no answer in time'));
      const readOnly = rows[0]?.setting !== 'off';
      // The next check is to meet the database as it is then, not as it was when this session was opened.
      client.release(readOnly);
      return readOnly ? { status: 'down', details: { reason: READ_ONLY } } : { status: 'up' };
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}
