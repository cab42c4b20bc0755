/** How a refusal is answered: the HTTP status, and whether trying again can help (`unavailable`). */
export type DomainErrorKind =
  'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'unprocessable' | 'unavailable' | 'internal';

/** One offending field. `pointer` is explained at `validationPipe`. */
export interface FieldError {
  readonly pointer: string;
  /** A sentence for a person. */
  readonly detail: string;
  readonly code?: string;
}

/** What a `DomainError` is made of. */
export interface DomainErrorInit {
  /** Stable, `NOUN.REASON` in capitals; clients may switch on it, so it never changes. */
  readonly code: string;
  readonly kind: DomainErrorKind;
  /** Shown to the caller as `detail`: no secrets, no SQL, no internal names. */
  readonly message: string;
  /** For logs and retries only; never sent to the caller. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
}

/** A refusal the system means, with a stable code. Anything else that is thrown is a fault. */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly code: string;
  readonly kind: DomainErrorKind;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly FieldError[];

  constructor(init: DomainErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.kind = init.kind;
    this.details = init.details ?? {};
    if (init.retryAfterSeconds !== undefined) this.retryAfterSeconds = init.retryAfterSeconds;
    if (init.errors !== undefined) this.errors = init.errors;
  }
}

const KINDS: ReadonlySet<unknown> = new Set<DomainErrorKind>([
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'unprocessable',
  'unavailable',
  'internal',
]);

/**
 * True for a `DomainError` and for any `Error` of the same shape (`code`, `kind`): the `domain/` of a service
 * imports nothing from here and still throws errors that are answered properly.
 */
export function isDomainError(error: unknown): error is Error & Omit<DomainErrorInit, 'message'> {
  if (!(error instanceof Error) || !('kind' in error) || !('code' in error)) return false;
  return KINDS.has(error.kind) && typeof error.code === 'string';
}
