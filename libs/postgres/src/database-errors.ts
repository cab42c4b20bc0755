/*
 * By SQLSTATE: the connection (08), the log-in (28, 3D000, 42501 for the right to connect or to use what the role owns), a
 * database that takes no writes (25006), resources (53), a server that stops or starts (57P), its disk (58).
 */
const UNAVAILABLE_STATES = /^(?:08...|28...|3D000|25006|25P0[34]|42501|53...|57P0[1-5]|58...)$/;
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
]);
// node-postgres gives these no code. The query runner is TypeORM's: its connection broke between two statements.
const UNAVAILABLE_MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout|Cannot use a pool after calling end|Driver not Connected|The server does not answer|Query runner already released|Received unexpected \w+ message from backend|database ".*" is not currently accepting connections)/i;

/** A prepared statement that is not there (any more), or is there already although this session has not made it. */
const LOST_STATEMENT_STATES = /^(?:26000|42P05)$/;
/** The session is gone, or does not do what its settings or its log-in do not let it do. */
const LOST_SESSION_STATES = /^(?:08...|28...|3D000|25006|25P0[34]|57P0[1-5])$/;
/** A table is not found or a schema not there: the session's `search_path` may be lost, or the statement may be wrong. */
const LOST_PATH_STATES = /^(?:42P01|3F000)$/;
const LOST_SESSION_CODES = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);
const LOST_SESSION_MESSAGES =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|Query runner already released|Received unexpected \w+ message from backend)/i;

/**
 * PostgreSQL cannot be reached, refuses the log-in, or refuses to work (restart, read-only, too many connections, disk full,
 * a pool without a free connection, a session that has lost its prepared statements): nothing is wrong with the request, and
 * the same one will succeed later. Looks through TypeORM's wrapper, `AggregateError` and `cause`. Network errors of other
 * servers look the same, so ask only about errors of database work.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return some(error, (one) => {
    const code = codeOf(one);
    if (code !== undefined && (UNAVAILABLE_STATES.test(code) || UNAVAILABLE_CODES.has(code))) return true;
    return UNAVAILABLE_MESSAGES.test(messageOf(one)) || isLostStatement(one);
  });
}

/**
 * The session is of no use any more, whatever the statement was: it must not go back into a pool, and what did not get as far
 * as COMMIT may be run on another one. A server that has fallen silent is not meant: another session would wait as long.
 */
export function isSessionUnusable(error: unknown): boolean {
  return some(error, (one) => {
    const code = codeOf(one);
    if (code !== undefined && (LOST_SESSION_STATES.test(code) || LOST_PATH_STATES.test(code))) return true;
    if (code !== undefined && LOST_SESSION_CODES.has(code)) return true;
    return LOST_SESSION_MESSAGES.test(messageOf(one)) || isLostStatement(one) || isStalePlan(one);
  });
}

/** @internal PostgreSQL has answered, and the answer is not that it is going away: what it says of a transaction is final. */
export function isAnswer(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !/^(?:08|57P|25P0[34])/.test(state);
}

/** By `routine` too: messages come in the server's language. */
function isLostStatement(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return false;
  if (code !== '0A000') return LOST_STATEMENT_STATES.test(code);
  return messageOf(error).includes('cached plan must not change') || routineOf(error) === 'RevalidateCachedQuery';
}

/** A plan speaks of a table, type or function that was dropped meanwhile. */
function isStalePlan(error: unknown): boolean {
  return (
    codeOf(error) === 'XX000' && /^(?:cache lookup failed|could not open relation with OID)/.test(messageOf(error))
  );
}

/** A statement was given up: it ran (57014) or waited for a lock (55P03) for too long. Load, or a bad statement. */
export function isDatabaseTimeout(error: unknown): boolean {
  return some(error, (one) => ['57014', '55P03'].includes(codeOf(one) ?? ''));
}

/** The transaction lost against another one (40001, or the deadlock 40P01) and may simply be run again. */
export function isSerializationFailure(error: unknown): boolean {
  return some(error, (one) => ['40001', '40P01'].includes(codeOf(one) ?? ''));
}

/** SQLSTATE of the PostgreSQL error inside, e.g. `23505` (unique violation), or `undefined`. */
export function sqlState(error: unknown): string | undefined {
  let found: string | undefined;
  some(error, (one) => {
    const code = codeOf(one);
    if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || UNAVAILABLE_CODES.has(code)) return false;
    found = code;
    return true;
  });
  return found;
}

/** Name of the constraint, or of the unique index, that the PostgreSQL error inside complains of; `undefined` when it is of none. */
export function violatedConstraint(error: unknown): string | undefined {
  let found: string | undefined;
  some(error, (one) => {
    if (typeof one !== 'object' || one === null || !('constraint' in one)) return false;
    found = typeof one.constraint === 'string' ? one.constraint : undefined;
    return found !== undefined;
  });
  return found;
}

/** By shape, not by `instanceof`: errors of Node's core belong to another realm under Jest. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return '';
  return typeof error.message === 'string' ? error.message : '';
}

function routineOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('routine' in error)) return undefined;
  return typeof error.routine === 'string' ? error.routine : undefined;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function some(root: unknown, matches: (error: unknown) => boolean): boolean {
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  while (open.length > 0 && seen.size < 50) {
    const error = open.pop();
    if (typeof error !== 'object' || error === null || seen.has(error)) continue;
    seen.add(error);
    if (matches(error)) return true;
    if ('driverError' in error) open.push(error.driverError);
    if ('cause' in error) open.push(error.cause);
    if ('errors' in error && Array.isArray(error.errors)) open.push(...(error.errors as unknown[]));
  }
  return false;
}
