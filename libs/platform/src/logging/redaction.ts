import { REDACTED } from './redact-numbers';
import { redactText } from './redact-text';

export { REDACTED, redactText };

/** Names of what is secret or tells who somebody is; of a name in words, joined by underscores: `discarded` is no card. */
const SENSITIVE_NAME =
  /_(?:(?:proxy_)?authorization|cookies?|[a-z]*passw(?:or)?ds?|passphrase|pwd|[a-z]*secrets?|[a-z]*token(?=_$)|(?:api|access|private)_?keys?|(?:credit|debit|bank|payment)?cards?(?:numbers?|holder)?|cvc|cvv|iban|e_mails?|[a-z]*emails?(?:address(?:es)?)?|(?:tele|mobile|cell)?phones?(?:numbers?)?|mobile|msisdn)_/;
/** A process has some hundred names of fields. What came from outside could have any number of them. */
const MOST_NAMES = 2_000;
const LONGEST_NAME = 100;
const names = new Map<string, { readonly shown: string; readonly sensitive: boolean }>();

const MAX_DEPTH = 6;

/**
 * A copy of `value` fit for a log: the values of sensitive names are replaced, texts and names pass `redactText`, errors
 * pass `describeError`, and nesting below six levels is cut. Never throws, never changes its argument.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  return redactObject(value, depth);
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return describeError(value);
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const { shown, sensitive } = nameOf(key);
    copy[shown] = sensitive && item !== undefined && item !== null ? REDACTED : redact(item, depth + 1);
  }
  return copy;
}

/** A name may be data as well, of a record by mail address for one. */
function nameOf(key: string) {
  const known = names.get(key);
  if (known !== undefined) return known;
  const words = key
    .slice(0, LONGEST_NAME)
    .replace(/(?<=[a-z\d])(?=[A-Z])/g, '_')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .join('_');
  const name = { shown: redactText(key), sensitive: SENSITIVE_NAME.test(`_${words}_`) };
  if (names.size < MOST_NAMES && key.length <= LONGEST_NAME) names.set(key, name);
  return name;
}

/** An error as it is logged. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: LoggedError;
}

/**
 * Type, message, code, stack and at most three causes. The other properties of an error are left out on purpose:
 * a failed query carries its parameters, and they are the customer's data.
 */
export function describeError(error: Error, depth = 0): LoggedError {
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? String(error.code) : undefined;
  const cause: unknown = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  return {
    type: error.name,
    message: redactText(error.message),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(code === undefined ? {} : { code }),
    ...(cause instanceof Error && depth < 3 ? { cause: describeError(cause, depth + 1) } : {}),
  };
}
