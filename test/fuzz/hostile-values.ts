import fc from 'fast-check';

/** JSON values as text, because many of them no JavaScript value can be written as. */
const HOSTILE_JSON: readonly string[] = [
  ...['null', 'true', 'false', '[]', '{}', '""', '" "', '"a"', '[null]', '[[]]', '{"a":1}'],
  ...['0', '-0', '-1', '1.5', '1e400', '-1e400', '1e-400', '9007199254740993', '2147483648', '-2147483649', '1E3'],
  ...[
    '0.1000000000000000055',
    '1.005',
    '99999999999999999999999999',
    `0.${'1'.repeat(400)}`,
    '1'.repeat(400),
    '01',
    '+1',
  ],
  ...['NaN', 'Infinity', "'a'", '0x10', '1_000', '"1"', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800"'],
  ...[
    '"\\u202e\\u2066abc"',
    '"\\u2028\\u2029"',
    '"\\ufeff"',
    '"😀😀"',
    `"${'😀'.repeat(100)}"`,
    `"${'😀'.repeat(101)}"`,
  ],
  ...[
    `"${'é'.repeat(100)}"`,
    `"${'e\\u0301'.repeat(50)}"`,
    `"${'👩‍👩‍👧‍👦'.repeat(14)}"`,
    '"ab\\u0007"',
    '"\u0001"',
    `"${'x'.repeat(90_000)}"`,
  ],
  ...['"9999-12-31T23:59:60Z"', '"0000-00-00"', '"+275760-09-13T00:00:00.000Z"', '"2026-02-30T00:00:00Z"'],
  ...[
    '"\'; DROP TABLE orders; --"',
    '"{{7*7}}"',
    '"${jndi:ldap://x}"',
    '"<script>alert(1)</script>"',
    '"%s%n%x"',
    '"../../etc/passwd"',
  ],
  ...[
    '"a@b.c"',
    '"a@b.c\\r\\nBcc: d@e.f"',
    '"\\"a b\\"@c.de"',
    '"+491701234567"',
    '"USD"',
    '"usd"',
    '"XXX"',
    '"credit_card"',
  ],
  ...[
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
    `[${'0,'.repeat(20_000)}0]`,
  ],
  ...[
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '{"length":1e9}',
    '{"then":1}',
  ],
];

/** A JSON value that somebody should refuse, or survive. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_JSON) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 120 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.double().map((number) => String(number)) },
);

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'id',
  '',
  'a/b~c',
  '\\u0000',
  'status',
];

/** A member beside those that belong there. */
export const hostileMember: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...NAMES), hostileJson)
  .map(([name, value]) => `"${name}":${value}`);

/** A text in a path or a query, percent-encoded or not as it happens. */
export const hostileUrlPart: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '%00',
      'a%00b',
      '%2e%2e',
      '%2e%2e%2f%2e%2e%2f',
      '..',
      '../../x',
      '%2f',
      'a%2fb',
      '%252e',
      '%',
      '%zz',
      '%E0%A4%A',
      '%ff%fe',
    ],
    ...[
      '%ed%a0%80',
      '%f0%9f%98%80',
      '%e2%80%ae',
      ';a=b',
      'a;b',
      '*',
      '~',
      "'",
      '%22',
      '%0d%0aSet-Cookie:x=1',
      '%20',
      '+',
      '.',
      'a b',
    ],
    ...[
      'x'.repeat(254),
      'x'.repeat(256),
      'x'.repeat(5_000),
      '%41'.repeat(300),
      '[]',
      '{}',
      '|',
      '\\',
      '%5c..%5c',
      ':',
      '@',
      'null',
    ],
    ...[
      '0',
      '-1',
      '1e400',
      '9007199254740993',
      '00000000-0000-0000-0000-000000000000',
      'undefined',
      '__proto__',
      'constructor',
    ],
    ...[
      '019AAB12-4C00-7A01-8F00-5D2F6F1C0A01',
      '019aab12-4c00-7a01-8f00-5d2f6f1c0a01',
      'LAPTOP001',
      'laptop001',
      'user_123',
    ],
    ...[
      '2026-13-45',
      '9999-12-31T23:59:59.999999Z',
      '+275760-09-13T00:00:00Z',
      '0000-01-01',
      '2026-01-01T00:00:00%2B99:99',
      '10s',
      '99999s',
    ],
    ...[
      'WyJ1Il0',
      'bnVsbA',
      'WzFlNDAwXQ',
      'WyIyMDI2LTEzLTQ1VDAwOjAwOjAwWiIsIjAxOWFhYjEyLTRjMDAtN2EwMS04ZjAwLTVkMmY2ZjFjMGEwMSJd',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc
    .array(fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.uuid()), { maxLength: 4 })
    .map((values) => Buffer.from(JSON.stringify(values)).toString('base64url')),
);
