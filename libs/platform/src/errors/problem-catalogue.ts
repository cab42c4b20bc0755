/** What a `code` means to whoever gets it. */
export interface ProblemMeaning {
  /** A few words, without a full stop. */
  readonly title: string;
  /** The HTTP status it comes with. */
  readonly status: number;
  /** What has happened, in whole sentences. */
  readonly meaning: string;
  /** What to do about it, in whole sentences. */
  readonly remedy: string;
}

/** Problems by their code. A code is stable: entries are added, and never change what they mean. */
export type ProblemCatalogue = Readonly<Record<string, ProblemMeaning>>;

const OF_THE_MESSAGE: ProblemCatalogue = {
  'REQUEST.MALFORMED_JSON': {
    title: 'The body is not acceptable JSON',
    status: 400,
    meaning:
      'The body is empty, is not UTF-8, is not valid JSON, is nested more than 32 levels deep, has half of a surrogate pair, or has a name twice in one object.',
    remedy: 'Send one JSON object in UTF-8. Where errors is there, its pointers name the place.',
  },
  'REQUEST.INVALID_CONTENT_LENGTH': {
    title: 'The length of the body is wrong',
    status: 400,
    meaning: 'The length of the body differs from the header Content-Length.',
    remedy: 'Let the HTTP library count the bytes, and look for a proxy that changes bodies.',
  },
  'REQUEST.MALFORMED_URL': {
    title: 'The path is not a URL',
    status: 400,
    meaning: 'The path is not percent-encoded UTF-8.',
    remedy: 'Percent-encode what is put into the path, as encodeURIComponent does.',
  },
  'REQUEST.TIMEOUT': {
    title: 'The request took too long to arrive',
    status: 408,
    meaning: 'The headers were not there after 10 seconds, or the body not after 15.',
    remedy: 'Send the request again, over a connection that is fast enough.',
  },
  'REQUEST.TOO_LARGE': {
    title: 'The body is too large',
    status: 413,
    meaning: 'The body is larger than 100 KiB.',
    remedy: 'Send less: fewer items, or shorter texts.',
  },
  'REQUEST.URL_TOO_LONG': {
    title: 'The path is too long',
    status: 414,
    meaning: 'A part of the path has more than 255 characters.',
    remedy: 'Check what is put into the path: ids are shorter.',
  },
  'REQUEST.UNSUPPORTED_MEDIA_TYPE': {
    title: 'The body is not JSON',
    status: 415,
    meaning: 'The header Content-Type names something other than JSON in UTF-8.',
    remedy: 'Send JSON with the header Content-Type: application/json.',
  },
  'REQUEST.EXPECTATION_FAILED': {
    title: 'The header Expect cannot be met',
    status: 417,
    meaning: 'The header Expect has a value other than 100-continue.',
    remedy: 'Leave the header out.',
  },
  'REQUEST.HEADERS_TOO_LARGE': {
    title: 'The headers are too large',
    status: 431,
    meaning: 'The request has more than 100 headers, or headers of more than 16 KiB in all.',
    remedy: 'Send fewer headers; cookies of other sites on the same host are a common reason.',
  },
};

/** The codes any service may answer with. */
export const PLATFORM_PROBLEMS: ProblemCatalogue = {
  ...OF_THE_MESSAGE,
  'REQUEST.INVALID': {
    title: 'The request is not valid',
    status: 400,
    meaning:
      'A field of the body, the query, the path or the headers is missing, unknown or has a value that is not allowed.',
    remedy: 'Correct what errors names, all of it, and send the request again.',
  },
  'REQUEST.INVALID_CURSOR': {
    title: 'The cursor is not one of this list',
    status: 400,
    meaning: 'The query parameter cursor is not what this list has given out as next_cursor.',
    remedy: 'Pass next_cursor of the previous page unchanged, or begin without a cursor.',
  },
  'REQUEST.INVALID_IDEMPOTENCY_KEY': {
    title: 'The Idempotency-Key is not valid',
    status: 400,
    meaning:
      'The header Idempotency-Key is empty, is longer than 255 characters, has characters other than visible ASCII, or is a quoted string without its end.',
    remedy: 'Send a key such as a UUID, one for each thing that is to happen once.',
  },
  'REQUEST.UNAUTHENTICATED': {
    title: 'The request has no valid credentials',
    status: 401,
    meaning:
      'The request has no bearer token, or one that has expired, was signed by somebody else, or was not made for these services.',
    remedy: 'Get a new token from the issuer, and send it as Authorization: Bearer.',
  },
  'REQUEST.FORBIDDEN': {
    title: 'This is not allowed',
    status: 403,
    meaning: 'The credentials are valid and do not allow this.',
    remedy: 'Ask whoever runs the system for the permission.',
  },
  'AUTHENTICATION.UNAVAILABLE': {
    title: 'Tokens cannot be verified at the moment',
    status: 503,
    meaning: 'The keys of the issuer of tokens could not be read, or not in time.',
    remedy: 'Send the request again after as many seconds as Retry-After says.',
  },
  'REQUEST.NOT_FOUND': {
    title: 'There is nothing at this path',
    status: 404,
    meaning: 'No resource has this path.',
    remedy: 'Compare the path with the document at /docs; a slash at its end counts.',
  },
  'REQUEST.METHOD_NOT_ALLOWED': {
    title: 'The method is not allowed',
    status: 405,
    meaning: 'The path exists, and has no such method.',
    remedy: 'Use one of the methods that the header Allow of the answer names.',
  },
  'REQUEST.CONFLICT': {
    title: 'The request conflicts with the current state',
    status: 409,
    meaning: 'What is asked for cannot be done in the state the resource is in.',
    remedy: 'Read the resource, and decide anew.',
  },
  'PROBLEM.NOT_FOUND': {
    title: 'There is no such problem',
    status: 404,
    meaning: 'This service answers with no problem that has this code.',
    remedy: 'GET /problems lists all codes of the service. A code of another service is explained there.',
  },
  'SERVICE.UNAVAILABLE': {
    title: 'The service is temporarily unavailable',
    status: 503,
    meaning: 'Something the service needs does not answer, or not in time.',
    remedy: 'Send the request again after as many seconds as Retry-After says. GET /health tells what is away.',
  },
  INTERNAL: {
    title: 'The service made a mistake',
    status: 500,
    meaning: 'The request failed because of an error in the service.',
    remedy: 'Quote correlation_id to support: the log has the error under it. Repeat only what is safe to repeat.',
  },
};
