import { DomainError } from '@app/platform';
import { sqlState } from '@app/postgres';

/** How a unit of work meets rows that another transaction has locked. */
export interface LockWaits {
  /** Milliseconds a statement waits for a lock, instead of the time the connection is configured with. */
  readonly timeoutMs: number;
  /** Whether `UnitOfWork.expectFree` looks; without, it costs nothing. */
  readonly looksFirst: boolean;
}

/** Another transaction has locked rows that these orders need. They can be retried when it ends; no attempt is counted. */
export class RowsLocked extends DomainError {
  override readonly name = 'RowsLocked';

  constructor(readonly orderIds: readonly string[]) {
    super({
      code: 'SERVICE.LOCKED',
      kind: 'unavailable',
      message: 'The resource is being changed by another request. Please try again.',
      retryAfterSeconds: 1,
    });
  }
}

/** A whole table is locked, or more rows than can be skipped: handled like an outage of the database. */
export class DatabaseLocked extends DomainError {
  override readonly name = 'DatabaseLocked';

  /** @param details what is locked, for the log. */
  constructor(details: string, cause: unknown) {
    super({
      code: 'SERVICE.UNAVAILABLE',
      kind: 'unavailable',
      message: 'The service is temporarily unavailable. Please try again.',
      details: { locked: details },
      cause,
    });
  }
}

/** A statement has waited for a lock as long as it may. */
export function isLockTimeout(error: unknown): boolean {
  // What was made of one has it as its cause.
  return !(error instanceof DatabaseLocked) && sqlState(error) === '55P03';
}

/**
 * The statement for `UnitOfWork.expectFree`: of the rows with the keys `$1` those that another transaction has locked, as `key`.
 * The others are locked by it. Never waits for a row.
 */
export function lockedAmong(table: string, key: string, type: 'uuid' | 'text' = 'uuid'): string {
  return `
  WITH free AS MATERIALIZED (
    SELECT ${key} FROM ${table} WHERE ${key} = ANY ($1::${type}[]) ORDER BY ${key} FOR UPDATE SKIP LOCKED
  )
  SELECT ${key}::text AS key FROM ${table}
  WHERE ${key} = ANY ($1::${type}[]) AND ${key} NOT IN (SELECT ${key} FROM free)`;
}

/** Of the table `name` somebody else has locked rows, or all of it, as a `whole`. */
export interface ForeignLock {
  readonly name: string;
  readonly whole: boolean;
}

/**
 * The tables of the service's schema in which somebody is in the way. As a whole: who has locked one, or waits to lock it, so that
 * nobody else gets at it (`ALTER TABLE`, `LOCK TABLE`, `CREATE INDEX`). Rows: a session that is not of this service, or that
 * has been idle in its transaction for a second. Replicas at work do not count, they are through in a moment. Reads what PostgreSQL keeps in
 * memory only, so it does not wait for any of them.
 */
export const FOREIGN_LOCKS = `
  SELECT c.relname AS name, bool_or(l.mode NOT IN ('RowShareLock', 'RowExclusiveLock')) AS whole
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation LEFT JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND l.pid <> pg_backend_pid()
    AND (l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
      OR l.granted AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
        AND (a.usename IS DISTINCT FROM current_user
          OR NOT starts_with(coalesce(a.application_name, ''), current_setting('application_name'))
          OR a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - interval '1 second'))
  GROUP BY c.relname`;
