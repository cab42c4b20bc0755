import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { isDatabaseUnavailable, sqlState } from './database-errors';
import { StartupError } from '@app/platform';
import { migrationOptions, type DatabaseOptions } from './connection/data-source-options';

const LOCK_WAIT_MS = 120_000;
const LOCK_POLL_MS = 250;
const logger = new Logger('Database');

/**
 * Waits until PostgreSQL is up (at most `databaseStartTimeoutMs`), then runs the pending migrations, each in its
 * own transaction, under an advisory lock of the schema: of several replicas starting at once one migrates, the
 * others wait (at most two minutes) and find nothing to do. Throws `StartupError` when PostgreSQL does not come
 * up, refuses the role, or the lock is not given; anything else comes from a migration.
 */
export async function migrate(options: DatabaseOptions): Promise<void> {
  const dataSource = await connectWhenUp(options);
  const lockHolder = dataSource.createQueryRunner();
  try {
    await lock(lockHolder, options.schema);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    if (done.length > 0) logger.log(`Ran ${done.length} migrations`, { migrations: done.map(({ name }) => name) });
  } finally {
    // Ends the session too, and with it the lock.
    await lockHolder.release().catch(() => undefined);
    await dataSource.destroy().catch(() => undefined);
  }
}

async function connectWhenUp(options: DatabaseOptions): Promise<DataSource> {
  const limit = options.config.databaseStartTimeoutMs;
  const started = performance.now();
  for (let delay = 250; ; delay = Math.min(delay * 2, 5_000)) {
    try {
      return await new DataSource(migrationOptions(options)).initialize();
    } catch (error) {
      const left = limit - (performance.now() - started);
      const where = describeServer(options.config.databaseUrl);
      if (isRefusal(error)) throw new StartupError(`PostgreSQL at ${where} refuses the connection: ${text(error)}`);
      if (!isDatabaseUnavailable(error)) throw error;
      if (left <= 0) throw new StartupError(`PostgreSQL at ${where} did not come up in ${limit} ms: ${text(error)}`);
      logger.warn(`PostgreSQL at ${where} is not available yet; retrying: ${text(error)}`);
      await sleep(Math.min(delay, left));
    }
  }
}

async function lock(holder: QueryRunner, schema: string): Promise<void> {
  const started = performance.now();
  while (!(await tryLock(holder, schema))) {
    if (performance.now() - started > LOCK_WAIT_MS) {
      throw new StartupError(`Another process has been migrating the schema ${schema} for two minutes`);
    }
    await sleep(LOCK_POLL_MS);
  }
}

async function tryLock(holder: QueryRunner, schema: string): Promise<boolean> {
  const statement = `SELECT pg_try_advisory_lock(hashtext('migrations'), hashtext($1)) AS locked`;
  const rows = (await holder.query(statement, [schema])) as { locked: boolean }[];
  return rows[0]?.locked === true;
}

/** A wrong password, role or database name is the operator's to correct; no stack helps. */
function isRefusal(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return state.startsWith('28') || state === '3D000' || state === '42501';
}

/** `role@host:port/database`, without the password. */
export function describeServer(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  return url === null ? 'an unreadable address' : `${url.username}@${url.host}${url.pathname}`;
}

function text(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  // Connecting to a name with several addresses fails once for each; the sum has no message of its own.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return text(error.errors[0]);
  return 'message' in error ? String(error.message) : 'unknown reason';
}
