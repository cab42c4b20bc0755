import { DomainError } from '../errors/domain.error';

/** A position in a list: the values of the sort columns of the last row shown. */
export type CursorValues = readonly (string | number)[];

/**
 * What a value of a cursor must look like. `timestamp` is ISO 8601 text and stays text: PostgreSQL counts
 * microseconds, a `Date` would round them and skip or repeat rows.
 */
export type CursorField = 'uuid' | 'timestamp' | 'integer' | 'text';

/** The values of a shape: numbers for `integer`, texts otherwise. */
export type CursorOf<S extends readonly CursorField[]> = {
  readonly [I in keyof S]: S[I] extends 'integer' ? number : string;
};

const RULES: Readonly<Record<CursorField, (value: unknown) => boolean>> = {
  uuid: (value) => matches(value, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  timestamp: (value) =>
    matches(value, /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d(?::?\d\d)?)$/) &&
    !Number.isNaN(Date.parse(normalised(String(value)))),
  integer: (value) => Number.isSafeInteger(value),
  text: (value) => matches(value, /^[^\p{Cc}]{0,300}$/u) && String(value).isWellFormed(),
};

/** An opaque text for `next_cursor`, safe in a URL. Not signed: it selects a position, it grants nothing. */
export function encodeCursor(values: CursorValues): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a cursor we gave out. Throws `DomainError` `REQUEST.INVALID_CURSOR` (400) for anything else. */
export function decodeCursor<const S extends readonly CursorField[]>(text: string, shape: S): CursorOf<S> {
  const values = parse(text);
  const fits = values?.length === shape.length && shape.every((field, index) => RULES[field](values[index]));
  if (!fits) {
    throw new DomainError({
      code: 'REQUEST.INVALID_CURSOR',
      kind: 'invalid',
      message: 'The cursor was not issued by this list; start again without it.',
      errors: [{ pointer: '#/query/cursor', detail: 'cursor must be the next_cursor of a previous response' }],
    });
  }
  return values as unknown as CursorOf<S>;
}

function parse(text: string): readonly unknown[] | undefined {
  if (!/^[\w-]{1,1024}$/.test(text)) return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(values) ? (values as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** PostgreSQL writes `2026-01-01 10:00:00.123456+00`; `Date.parse` wants `T`, and minutes in the offset. */
function normalised(timestamp: string): string {
  return timestamp.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
}
