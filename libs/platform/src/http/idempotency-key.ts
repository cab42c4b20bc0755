import { DomainError } from '../errors/domain.error';

const LONGEST = 255;
const EXPECTED = `must be 1 to ${LONGEST} visible ASCII characters, bare or as a quoted string`;

/**
 * The value of an `Idempotency-Key` header; `undefined` without one. Bare (`abc`) and quoted (`"abc"`, the structured
 * string of RFC 9651 with its two escapes) are the same key. Throws `DomainError` `REQUEST.INVALID_IDEMPOTENCY_KEY` (400)
 * for a key that is empty, longer than 255 characters, not visible ASCII, or a quoted string without its end.
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = header.startsWith('"') ? unquoted(header) : header;
  // Spaces are visible between other characters only: at the ends they would come and go with the quotes.
  if (key === undefined || key.length > LONGEST || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key)) {
    throw new DomainError({
      code: 'REQUEST.INVALID_IDEMPOTENCY_KEY',
      kind: 'invalid',
      message: `Idempotency-Key ${EXPECTED}.`,
      errors: [{ pointer: '#/header/Idempotency-Key', detail: EXPECTED }],
    });
  }
  return key;
}

function unquoted(header: string): string | undefined {
  const content = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  return content?.replaceAll(/\\(["\\])/g, '$1');
}
