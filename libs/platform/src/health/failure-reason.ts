/** Reason for a dependency that does not answer, whether connecting or querying timed out. */
export const NO_ANSWER = 'no answer in time: it may be overloaded, stopped, or cut off by the network';

const REFUSES_LOG_IN = 'it rejected the log-in: check user, password and privileges';
const UNREACHABLE = 'it is unreachable: check the address in the configuration, and firewalls';
const UNTRUSTED =
  'its certificate is not trusted: check the certificate, its host name and the CA in the configuration';
const RESTARTING = 'it is starting or shutting down: wait a minute before you act';

/** By the codes of Node's network and TLS errors, of PostgreSQL (SQLSTATE) and of nodemailer. */
const BY_CODE: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'the connection was refused: check that it is running, and its address in the configuration'],
  [/^(?:ENOTFOUND|EAI_AGAIN|EDNS)$/, 'its host name cannot be resolved: check the address in the configuration'],
  [/^(?:EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EACCES)$/, UNREACHABLE],
  [/^(?:ETIMEDOUT|ESOCKETTIMEDOUT|57014)$/, NO_ANSWER],
  [/^(?:ECONNRESET|ECONNABORTED|EPIPE|08...)$/, 'the connection was lost: check that it is running, and its log'],
  [/^(?:EAUTH|ENOAUTH|28...|42501)$/, REFUSES_LOG_IN],
  [/^3D000$/, 'the database does not exist: check its name in the configuration'],
  [/^53300$/, 'it has no free connection: find out who holds them, or raise the limit'],
  [/^(?:53...|58...)$/, 'it has no memory or disk space left, or cannot use its disk: check its log'],
  [/^57P0.$/, RESTARTING],
  [/^(?:CERT_.*|ERR_TLS_.*|ETLS|SELF_SIGNED_.*|DEPTH_ZERO_.*|UNABLE_TO_.*)$/, UNTRUSTED],
];

/** What node-postgres says without a code. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:timeout exceeded|timeout expired|Connection terminated due to connection timeout|Query read timeout)/i,
    NO_ANSWER,
  ],
  [/^(?:The server does not answer|no answer in time)/i, NO_ANSWER],
  [/^Connection terminated/i, 'the connection was lost: check that it is running, and its log'],
  [
    /does not support SSL connections/i,
    'it does not support encrypted connections: check the address in the configuration',
  ],
];

/**
 * Why a check failed and what to do, in words of ours: the error itself may have addresses, names and secrets in it, and `/health`
 * is open to everybody. `undefined` for an error nobody has foreseen. Looks into `cause` and `AggregateError`.
 */
export function failureReason(error: unknown): string | undefined {
  let open: unknown[] = [error];
  for (let looked = 0; looked < 20 && open.length > 0; looked += 1) {
    const [one, ...others] = open;
    const reason = reasonOf(one);
    if (reason !== undefined) return reason;
    open = [...others, ...causesOf(one)];
  }
  return undefined;
}

/** By shape: errors of Node's core are of another realm under Jest. */
function reasonOf(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return match(BY_CODE, code) ?? match(BY_MESSAGE, message);
}

function match(table: readonly (readonly [RegExp, string])[], text: unknown): string | undefined {
  return typeof text === 'string' ? table.find(([pattern]) => pattern.test(text))?.[1] : undefined;
}

function causesOf(error: unknown): unknown[] {
  const { cause, errors, driverError } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return [cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter(
    (one) => one !== undefined,
  );
}
