const SENSITIVE_KEY =
  /authorization|cookie|passw(?:or)?d|passphrase|secret|api_?key|access_?token|refresh_?token|^token$|card|cvc|cvv|iban|e_?mail|phone|msisdn/i;
const EMAIL = /[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,}/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi;
const CARD_NUMBER = /\b(?:\d{4}[ -]){3}\d{4}\b|\b\d{15,19}\b/g;
/** E.164 with its plus: without it a number could be anything. Nothing of ours is written so. */
const PHONE_NUMBER = /(?<![\w.+])\+[1-9](?:[ ().-]{0,2}\d){6,14}(?!\d)/g;
const MAX_DEPTH = 6;
const MAX_TEXT = 8_192;

/** What stands in place of a removed value. */
export const REDACTED = '[redacted]';

/**
 * A copy of `value` fit for a log: the values of sensitive keys are replaced, texts pass `redactText`, errors
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
    const sensitive = SENSITIVE_KEY.test(key) && item !== undefined && item !== null;
    copy[key] = sensitive ? REDACTED : redact(item, depth + 1);
  }
  return copy;
}

/** E-mail addresses, phone numbers (E.164, grouped or not), passwords inside URLs and card numbers are replaced; a text beyond 8192 characters is cut. */
export function redactText(text: string): string {
  let result = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  if (result.includes('@')) result = result.replace(URL_PASSWORD, `$1${REDACTED}@`).replace(EMAIL, REDACTED);
  if (result.includes('+')) result = result.replace(PHONE_NUMBER, REDACTED);
  return result.replace(CARD_NUMBER, (digits) => (passesLuhn(digits) ? REDACTED : digits));
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

function passesLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}
