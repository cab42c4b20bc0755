import { HttpException } from '@nestjs/common';
import { isDomainError, type DomainErrorKind } from './domain.error';
import type { Problem } from './problem-details';

const STATUS: Readonly<Record<DomainErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unprocessable: 422,
  internal: 500,
  unavailable: 503,
};

const INTERNAL: Problem = {
  status: 500,
  code: 'INTERNAL',
  detail: 'The request failed because of an internal error. Please quote the correlation id to support.',
};

const INVALID_JSON: Omit<Problem, 'status'> = {
  code: 'REQUEST.MALFORMED_JSON',
  detail: 'The body is not valid JSON.',
};
const UNSUPPORTED: Omit<Problem, 'status'> = {
  code: 'REQUEST.UNSUPPORTED_MEDIA_TYPE',
  detail: 'The body must be JSON, sent with the header Content-Type: application/json.',
};
const TOO_LARGE: Omit<Problem, 'status'> = {
  code: 'REQUEST.TOO_LARGE',
  detail: 'The body is larger than the limit of 100 KiB.',
};

const BY_FASTIFY_CODE: Readonly<Record<string, Omit<Problem, 'status'>>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: INVALID_JSON,
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'REQUEST.MALFORMED_JSON', detail: 'The body is empty; JSON is expected.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UNSUPPORTED,
  FST_ERR_CTP_EMPTY_TYPE: UNSUPPORTED,
  FST_ERR_CTP_BODY_TOO_LARGE: TOO_LARGE,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'REQUEST.INVALID_CONTENT_LENGTH',
    detail: 'The length of the body differs from Content-Length.',
  },
  FST_ERR_BAD_URL: { code: 'REQUEST.MALFORMED_URL', detail: 'The path is not a valid URL.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'REQUEST.URL_TOO_LONG', detail: 'A part of the path is too long.' },
};

const INVALID: Omit<Problem, 'status'> = { code: 'REQUEST.INVALID', detail: 'The request is not valid.' };

const BY_STATUS: Readonly<Record<number, Omit<Problem, 'status'>>> = {
  400: INVALID,
  401: { code: 'REQUEST.UNAUTHENTICATED', detail: 'The request has no valid credentials.' },
  403: { code: 'REQUEST.FORBIDDEN', detail: 'The request is not allowed.' },
  404: { code: 'REQUEST.NOT_FOUND', detail: 'No resource has this path and method.' },
  405: { code: 'REQUEST.METHOD_NOT_ALLOWED', detail: 'The method is not allowed for this path.' },
  408: { code: 'REQUEST.TIMEOUT', detail: 'The request took too long to arrive.' },
  409: { code: 'REQUEST.CONFLICT', detail: 'The request conflicts with the current state.' },
  413: TOO_LARGE,
  414: { code: 'REQUEST.URL_TOO_LONG', detail: 'A part of the path is too long.' },
  415: UNSUPPORTED,
  417: { code: 'REQUEST.EXPECTATION_FAILED', detail: 'The only supported value of Expect is 100-continue.' },
  431: { code: 'REQUEST.HEADERS_TOO_LARGE', detail: 'The headers of the request are too large.' },
  503: { code: 'SERVICE.UNAVAILABLE', detail: 'The service is temporarily unavailable. Please try again.' },
};

/** Says which problem an error of some dependency is; `undefined` for errors it does not know. Never throws. */
export type ErrorTranslator = (error: unknown) => Problem | undefined;

const translators = new Set<ErrorTranslator>();

/** Adds what a lib knows about its own errors, for as long as the process lives. Platform itself knows no dependency. */
export function translateErrorsBy(translator: ErrorTranslator): void {
  translators.add(translator);
}

/** What a caller is told about an error, and nothing that an error of ours would give away. Never throws. */
export function errorToProblem(error: unknown): Problem {
  if (isDomainError(error)) return fromDomainError(error);
  if (error instanceof HttpException) return fromHttpException(error);
  for (const translate of translators) {
    const problem = translate(error);
    if (problem !== undefined) return problem;
  }
  return fromFastify(error) ?? INTERNAL;
}

/** The problem of a bare HTTP status (≥ 400), for what has no error of its own. */
export function statusToProblem(status: number): Problem {
  return { status, ...(BY_STATUS[status] ?? (status < 500 ? INVALID : INTERNAL)) };
}

function fromDomainError(error: Error & { kind: DomainErrorKind } & Partial<Problem>): Problem {
  const { kind, code, errors, retryAfterSeconds } = error;
  if (kind === 'internal') return { ...INTERNAL, code: code ?? INTERNAL.code };
  const retry = retryAfterSeconds ?? (kind === 'unavailable' ? 2 : undefined);
  return {
    status: STATUS[kind],
    code: code ?? INTERNAL.code,
    detail: error.message,
    ...(errors === undefined ? {} : { errors }),
    ...(retry === undefined ? {} : { retryAfterSeconds: retry }),
  };
}

/** The problem 503 of a dependency that will be back: the caller may try again after so many seconds. */
export function unavailable(retryAfterSeconds: number): Problem {
  return { ...statusToProblem(503), retryAfterSeconds };
}

function fromHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  if (status >= 500) return status === 503 ? unavailable(2) : { ...INTERNAL, status };
  const known = fromFastify(error.cause);
  if (known !== undefined) return known;
  if (error.message.startsWith('Cannot ') && status === 404) return statusToProblem(404);
  const base = statusToProblem(status);
  // A message somebody wrote is better than ours; Nest's own default is the bare status text.
  const spoken = status in BY_STATUS && error.message !== error.name ? error.message : base.detail;
  return { ...base, detail: /^[A-Z][\w ]*$/.test(spoken) && spoken.length < 25 ? base.detail : spoken };
}

function fromFastify(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return undefined;
  const known = 'code' in error && typeof error.code === 'string' ? BY_FASTIFY_CODE[error.code] : undefined;
  if (known !== undefined) return { status: statusCode, ...known };
  // secure-json-parse: broken JSON, and __proto__ or constructor.prototype as a key
  if (error instanceof SyntaxError) return { status: 400, ...INVALID_JSON };
  return statusToProblem(statusCode);
}
