import { DomainError } from '@app/platform';

const LONGEST = 255;

/**
 * The value of the `Idempotency-Key` header, bare or as a quoted string; undefined without one.
 * @throws DomainError for a key that is empty, too long or not made of visible ASCII characters.
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (key.length > LONGEST || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key)) {
    throw new DomainError({
      code: 'REQUEST.INVALID_IDEMPOTENCY_KEY',
      kind: 'invalid',
      message: `Idempotency-Key must be 1 to ${LONGEST} visible ASCII characters.`,
      errors: [{ pointer: '#/header/Idempotency-Key', detail: `must be 1 to ${LONGEST} visible ASCII characters` }],
    });
  }
  return key;
}
