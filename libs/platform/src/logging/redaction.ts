const SENSITIVE_KEY =
  /authorization|cookie|passw(?:or)?d|passphrase|secret|api_?key|access_?token|refresh_?token|^token$|card|cvc|cvv|iban|e_?mail|phone|msisdn/i;
const EMAIL = /[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,}/gi;
/** Up to the last @ of the word: a password may have one, and slashes too. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,100}:)\S{1,500}@/gi;
/** ISO/IEC 7812: 13 to 19 digits, at once or in groups as people write them; the check digit decides. */
const CARD_NUMBER = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g;
/** ISO 13616, at once or in groups of four. */
const IBAN = /(?<![\w])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w])/g;
/** JSON Web Tokens (RFC 7519), and the keys of Stripe: secret, restricted, of webhooks. */
const TOKEN = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*|\b(?:sk|rk)_(?:live|test)_\w+|\bwhsec_\w+/g;
const SECRET_PARAMETER =
  /([?&;](?:access_?token|refresh_?token|token|api_?key|key|secret|client_secret|password|signature|sig|code)=)[^&\s#"']+/gi;
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

/**
 * Replaced are e-mail addresses, phone numbers (E.164, grouped or not), passwords inside URLs, secrets in their queries, card numbers,
 * IBANs, JSON Web Tokens and Stripe's keys. A text beyond 8192 characters is cut.
 */
export function redactText(text: string): string {
  let result = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  if (result.includes('@')) result = result.replace(URL_PASSWORD, `$1${REDACTED}@`).replace(EMAIL, REDACTED);
  if (result.includes('+')) result = result.replace(PHONE_NUMBER, REDACTED);
  if (result.includes('=')) result = result.replace(SECRET_PARAMETER, `$1${REDACTED}`);
  result = result.replace(TOKEN, REDACTED).replace(IBAN, (text) => (passesMod97(text) ? REDACTED : text));
  return result.replace(CARD_NUMBER, withoutCard);
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

/** A number may be followed by others, an expiry date for one: it ends where a group ends. */
function withoutCard(text: string): string {
  for (let end = text.length; end >= 13; end -= 1) {
    const atGroupEnd = end === text.length || !/\d/.test(text.charAt(end));
    if (atGroupEnd && /\d/.test(text.charAt(end - 1)) && isCardNumber(text.slice(0, end)))
      return REDACTED + text.slice(end);
  }
  return text;
}

function isCardNumber(text: string): boolean {
  return text.replace(/\D/g, '').length >= 13 && passesLuhn(text);
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

/** ISO 7064: the check digits of an IBAN. */
function passesMod97(text: string): boolean {
  const iban = text.replaceAll(' ', '');
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
