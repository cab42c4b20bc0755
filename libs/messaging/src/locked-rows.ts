import { DomainError, sqlState } from '@app/platform';

/** How a unit of work meets rows that another transaction has locked. */
export interface LockWaits {
  /** Milliseconds a statement waits for a lock, instead of the time the connection is configured with. */
  readonly timeoutMs: number;
  /** Whether `UnitOfWork.expectFree` looks; without, it costs nothing. */
  readonly looksFirst: boolean;
}

/** Another transaction has locked rows that these orders need. They are innocent, and can go on when it ends. */
export class RowsLocked extends DomainError {
  override readonly name = 'RowsLocked';

  constructor(readonly orderIds: readonly string[]) {
    super({
      code: 'SERVICE.LOCKED',
      kind: 'unavailable',
      message: 'What this request is about is being changed by somebody else. Please try again.',
      retryAfterSeconds: 1,
    });
  }
}

/** A whole table is locked, or more rows than can be gone around: for whoever needs the database this is an outage. */
export class DatabaseLocked extends DomainError {
  override readonly name = 'DatabaseLocked';

  /** @param details what is locked, for the log. */
  constructor(details: string, cause: unknown) {
    super({
      code: 'SERVICE.UNAVAILABLE',
      kind: 'unavailable',
      message: 'The service can not answer at the moment. Please try again.',
      details: { locked: details },
      cause,
    });
  }
}

/** A statement has waited for a lock as long as it may. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03';
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

/**
 * Tables of the service's schema that somebody has locked as a whole, or waits to lock, so that nobody else gets at them: `ALTER
 * TABLE`, `LOCK TABLE`, `CREATE INDEX`. Reads the catalog only, so it does not wait for them.
 */
export const LOCKED_TABLES = `
  SELECT DISTINCT c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
    AND l.pid <> pg_backend_pid() AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace`;
