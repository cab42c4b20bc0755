const UNAVAILABLE_STATES = /^(?:08...|53...|57P0[1-5]|25P03)$/;
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
// node-postgres gives these no code. The query runner is TypeORM's: its connection broke between two statements.
const UNAVAILABLE_MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout|Cannot use a pool after calling end|Driver not Connected|The server does not answer|Query runner already released)/i;

/**
 * PostgreSQL can not be reached or refuses to work (restart, too many connections, disk full, a pool without a
 * free connection): nothing is wrong with the request, and the same one will succeed later. Looks through
 * TypeORM's wrapper, `AggregateError` and `cause`. Network errors of other servers look the same, so ask only
 * about errors of database work.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return some(error, (one) => {
    const code = codeOf(one);
    if (code !== undefined && (UNAVAILABLE_STATES.test(code) || UNAVAILABLE_CODES.has(code))) return true;
    return UNAVAILABLE_MESSAGES.test(messageOf(one));
  });
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

/** Name of the violated constraint when PostgreSQL named one, else `undefined`. */
export function violatedConstraint(error: unknown): string | undefined {
  let found: string | undefined;
  some(error, (one) => {
    if (typeof one !== 'object' || one === null || !('constraint' in one)) return false;
    if (typeof one.constraint === 'string') found = one.constraint;
    return found !== undefined;
  });
  return found;
}

/** By shape, not by `instanceof`: errors of Node's core belong to another realm under Jest. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return '';
  return typeof error.message === 'string' ? error.message : '';
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
