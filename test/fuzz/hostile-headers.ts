import fc from 'fast-check';

/** Header lines, complete. */
export const hostileHeader: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      'Idempotency-Key: ',
      'Idempotency-Key: a\tb',
      'Idempotency-Key: "a',
      'Idempotency-Key: "a\\"b"',
      'Idempotency-Key: \xe9',
    ],
    ...[
      `Idempotency-Key: ${'k'.repeat(255)}`,
      `Idempotency-Key: ${'k'.repeat(256)}`,
      `Idempotency-Key: ${'k'.repeat(9_000)}`,
    ],
    ...[
      'Idempotency-Key: a\r\nIdempotency-Key: b',
      'Idempotency-Key: a, b',
      'Idempotency-Key: ""',
      "Idempotency-Key: '--",
    ],
    ...[
      `X-Correlation-Id: ${'c'.repeat(129)}`,
      'X-Correlation-Id: a b',
      'X-Correlation-Id: a\r\nX-Correlation-Id: b',
      'X-Correlation-Id: \xff',
    ],
    ...[
      'traceparent: 00-0-0-00',
      `traceparent: ${'0'.repeat(4_000)}`,
      'traceparent: ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ],
    ...[
      'Content-Type: application/json; charset=utf-16',
      'Content-Type: application/json; charset=iso-8859-1',
      'Content-Type: text/plain',
    ],
    ...[
      'Content-Type: application/json;;;=',
      'Content-Type: application/jsonx',
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Type: ',
    ],
    ...[
      'Content-Type: application/vnd.api+json',
      `Content-Type: ${'a'.repeat(9_000)}`,
      'Content-Type: application/json\r\nContent-Type: text/plain',
    ],
    ...[
      'Content-Encoding: gzip',
      'Content-Encoding: br',
      'Content-Encoding: identity',
      'Accept: text/html',
      'Accept: */*;q=-1',
      'Accept-Encoding: \x01',
    ],
    ...[
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: x',
      'Content-Length: 1',
      'Content-Length: -1',
    ],
    ...[
      'Content-Length: 99999999999999999999',
      'Content-Length: 5\r\nContent-Length: 6',
      'Content-Length: 1e3',
      'Content-Length: 0x10',
    ],
    ...[
      'Expect: 100-continue',
      'Expect: x',
      'Upgrade: websocket\r\nConnection: upgrade',
      'Upgrade: h2c',
      'Host: x',
      'Host: a\r\nHost: b',
      'Host: ',
    ],
    ...[
      'X-Forwarded-For: 1.1.1.1',
      'X-Forwarded-Host: evil',
      'X-HTTP-Method-Override: DELETE',
      'Range: bytes=0-',
      'If-None-Match: *',
    ],
    ...[
      `X-Long: ${'x'.repeat(20_000)}`,
      Array.from({ length: 150 }, (_, n) => `X-${n}: y`).join('\r\n'),
      'Bad Name: x',
      'X\x00Y: z',
      ' folded: x',
      ': x',
    ],
    ...[
      'Cookie: a=b; __proto__=c',
      'Authorization: Bearer x',
      'Connection: keep-alive, X',
      'TE: trailers',
      'Forwarded: for=_x',
      'Last-Event-ID: \x00',
    ],
  ),
);

export const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'TRACE',
  'PROPFIND',
  'LINK',
  'get',
  'FOO',
  'CONNECT',
];
