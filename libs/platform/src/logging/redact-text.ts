import { withVisibleControls } from './control-characters';
import { REDACTED, redactNumbers } from './redact-numbers';

/** Longer texts are cut, and read a little further: what begins before the cut has to be recognised. */
const MAX_TEXT = 8_192;
const READ_AHEAD = 1_024;

/** Most texts of a log are words or ids, in which there is nothing to find. */
const SUSPICIOUS = /[^A-Za-z_ ./,()-]|eyJ|_live_|_test_|whsec_|_secret_|bearer|basic/i;
const ID_OR_TIME = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

/** Letters of any script, and nothing of what stands around words in a text. */
const LETTERS = String.raw`\w\u00C0-\u1FFF\u2C00-\u2FFF\u3040-\uFFEF`;
/** Atext of RFC 5322 and 6531 without what stands around addresses in URLs and messages. An apostrophe stands between letters. */
const ATOM = String.raw`[${LETTERS}.+%!#$*^~-]`;
const LOCAL_PART = String.raw`(?:"[^"\r\n]{1,64}"|(?<!${ATOM})(?:${ATOM}{1,64}['’])?${ATOM}{1,256})`;
/** With a top-level domain, or a literal. A version is none, so that `typeorm@1.1.0-rc.next` is no address. */
const DOMAIN = String.raw`(?:\[[\d.:a-fIPv]{3,45}\]|(?!\d+\.\d+\.\d+[-+./:])(?:[${LETTERS}-]{1,63}[.\u3002]){1,9}(?:xn--[a-z0-9-]{1,59}|[a-z\u00C0-\u1FFF\u2C00-\u2FFF\u3040-\uFFEF]{2,63}))`;
const EMAIL = new RegExp(`${LOCAL_PART}(?:@|%40)${DOMAIN}`, 'gi');
/**
 * The password of a URL: up to the last @ of the word, because it may have one, and slashes too. On the web it has none, so
 * that the number in http://localhost:4873/@scope/package is a port.
 */
const URL_PASSWORD =
  /(\b(?!(?:https?|wss?):\/\/(?:\[[^\]\s]{0,100}\]|[^\s:/]{0,100}):\d{1,5}[/?#])[a-z][a-z0-9+.-]{0,20}:\/\/(?!\[)[^\s:/]{0,100}:)[^\s"<>]{1,500}@/gi;
/** JSON Web Tokens (RFC 7519), also when the end is cut off, and the secrets of Stripe. */
const TOKEN =
  /(?<![A-Za-z0-9])(?:eyJ[\w-]{5,}\.[\w-]*(?:\.[\w-]*){0,3}|eyJ[\w-]{30,}|(?:sk|rk)_(?:live|test)_\w+|whsec_[\w+/=]+|(?:pi|seti)_\w{1,100}?_secret_\w+)/g;
const OF_TOKENS = /eyJ|_live_|_test_|whsec_|_secret_/;
/** What follows the scheme of RFC 9110 is a secret, unless it is a word: "Basic understanding". */
const CREDENTIALS = /(?<![a-z])(bearer|basic)(\s{1,3}|%20|\+)([\w.~+/=-]{6,})/gi;
const OF_CREDENTIALS = /bearer|basic/i;
/*
 * The expressions that follow begin with the sign between name and value, and look back from there: it is found at once, and a
 * name is not looked for at each letter.
 */
/** In the query of a URL. */
const QUERY_SECRET =
  /=(?<=[?&;](?:(?:access_?|refresh_?|id_?)?token|api_?key|key|secret|client_secret|password|pwd|signature|sig|code)=)[^&\s#"']+/gi;
/** In a connection string: libpq, ODBC, JDBC. A value in quotes may have spaces. */
const NAMED_SECRET =
  /=(?<=(?:passw(?:or)?d|passphrase|secret|(?<![a-z])(?:pwd|pass)|token|api_?key|access_?key)\s?=)\s?(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.|'')*'?|(?!\[redacted\])[^\s"']+)/gi;
/** A member of JSON, also when that is a text in another one. */
const JSON_SECRET =
  /:(?<=["'][\w-]{0,30}(?:passw(?:or)?d|passphrase|secret|token|api_?key|authorization|cookie)\\?["']\s?:)\s?\\?"(?:[^"\\]|\\.)*/gi;
/** As HTTP has it, up to the end of the line. */
const HEADER =
  /:(?<=(?<![a-z])(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|stripe-signature)\s?:)\s?[^\s"'][^\r\n]*/gi;

/**
 * A text fit for a log. Replaced by `[redacted]` are mail addresses, passwords and secrets in URLs, connection strings, JSON and
 * headers, credentials behind `Bearer` and `Basic`, JSON Web Tokens, Stripe's keys, and what `redactNumbers` finds. Characters
 * that a terminal obeys are written out. A text beyond 8192 characters is cut. Takes time in proportion to the text.
 */
export function redactText(text: string): string {
  if (text.length <= MAX_TEXT) return redactWhole(text);
  const read = text.slice(0, MAX_TEXT + READ_AHEAD);
  const clean = redactWhole(read);
  return `${clean.slice(0, Math.min(MAX_TEXT, clean.length - (read.length - MAX_TEXT)))}…`;
}

function redactWhole(text: string): string {
  if (!SUSPICIOUS.test(text) || (text.length <= 36 && ID_OR_TIME.test(text))) return text;
  return withVisibleControls(redactNumbers(redactAddresses(redactSecrets(text))));
}

function redactSecrets(text: string): string {
  let result = text;
  if (OF_TOKENS.test(text)) result = result.replace(TOKEN, REDACTED);
  if (OF_CREDENTIALS.test(text)) result = result.replace(CREDENTIALS, withoutCredentials);
  if (text.includes('=')) result = result.replace(QUERY_SECRET, `=${REDACTED}`).replace(NAMED_SECRET, `=${REDACTED}`);
  if (text.includes(':')) result = result.replace(HEADER, `: ${REDACTED}`);
  return text.includes('":') || text.includes("':") ? result.replace(JSON_SECRET, `:"${REDACTED}`) : result;
}

function redactAddresses(text: string): string {
  const hasAt = text.includes('@');
  if (!hasAt && !text.includes('%40')) return text;
  const result = hasAt && text.includes('://') ? text.replace(URL_PASSWORD, `$1${REDACTED}@`) : text;
  return result.replace(EMAIL, REDACTED);
}

/** A secret has a digit, a capital letter inside, or is longer than words are. */
function withoutCredentials(text: string, scheme: string, gap: string, value: string): string {
  const isSecret = value.length >= 24 || /\d|[a-z=][A-Z]|=/.test(value);
  return isSecret ? `${scheme}${gap}${REDACTED}` : text;
}
