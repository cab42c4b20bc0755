import { REDACTED, redactText } from './redaction';

/** A text with `…` for what has to be gone. */
const clean = (text: string): string => text.replaceAll('…', REDACTED);

describe('a text for the log', () => {
  it.each([
    ['550 no such user jane.doe+x@mail.example.com', '550 no such user …'],
    ["mail to 'jane@example.org', again", "mail to '…', again"],
    ["user o’brien@example.ie and o'brien@example.ie", 'user … and …'],
    ['jörg@exämple.de is known', '… is known'],
    ['почта@пример.рф', '…'],
    ['user@例え。テスト', '…'],
    ['a@xn--exmple-cua.xn--p1ai;', '…;'],
    ['"jane doe"@example.org bounced', '… bounced'],
    ['"very.(odd)@x"@example.org', '…'],
    ['jane@[192.168.2.1] refused', '… refused'],
    ['GET /contacts?mail=jane%40example.org&x=1', 'GET /contacts?mail=…&x=1'],
    ['smtp://jane@example.org:pass/w@rd@mail.example.org:25', 'smtp://…:…@mail.example.org:25'],
  ])('has no mail address: %p', (text, expected) => expect(redactText(text)).toBe(clean(expected)));

  it.each([
    ['postgres://svc:hunter2@db:5432/x', 'postgres://svc:…@db:5432/x'],
    ['postgres://svc:a/b@c@db:5432/x', 'postgres://svc:…@db:5432/x'],
    ['redis://:1234/5@cache:6379', 'redis://:…@cache:6379'],
    ['http://u:p4ss@proxy:3128/a', 'http://u:…@proxy:3128/a'],
    ['GET /x?token=abc.def&limit=3', 'GET /x?token=…&limit=3'],
    ['/cb?code=a/b@c&state=1#secret', '/cb?code=…&state=1#secret'],
    ["host=db user=svc password='it''s @/ mine' dbname=x", 'host=db user=svc password=… dbname=x'],
    ['host=db password=p@ss/w;rd dbname=x', 'host=db password=… dbname=x'],
    ['Server=db;Pwd=a/b;c@d;Timeout=3 ok', 'Server=db;Pwd=… ok'],
    ['jdbc:postgresql://db/x?user=u&password=a@b&ssl=true', 'jdbc:postgresql://db/x?user=u&password=…&ssl=true'],
    ['client_secret = abc, next', 'client_secret =… next'],
    ['STRIPE_WEBHOOK_SECRET=whatever', 'STRIPE_WEBHOOK_SECRET=…'],
    ['{"user":"u","password":"a \\" b","x":1}', '{"user":"u","password":"…","x":1}'],
    ['body {"api_key": "abc"}', 'body {"api_key":"…"}'],
    ['Authorization: Digest username="x", response="y"\nHost: db', 'Authorization: …\nHost: db'],
    ['Set-Cookie: sid=abc; Path=/\r\nVary: x', 'Set-Cookie: …\r\nVary: x'],
    ['sent Bearer 4f9c2a77d1 to it', 'sent Bearer … to it'],
    ['Bearer mF_9.B5f-4.1JqM/+=', 'Bearer …'],
    ['basic dXNlcjpwYXNz', 'basic …'],
    ['Bearer abcdefghijklmnopqrstuvwxyzabcdef', 'Bearer …'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'Bearer …'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln.', 'jwt …'],
    ['sk_live_51Hxyz and whsec_abc+/123= and rk_test_9', '… and … and …'],
    ['pi_3Abc_secret_Xyz declined', '… declined'],
  ])('has no secret: %p', (text, expected) => expect(redactText(text)).toBe(clean(expected)));

  it.each([
    ['card 4111 1111 1111 1111 declined', 'card … declined'],
    ['card 4242424242424242 declined', 'card … declined'],
    ['amex 3782 822463 10005 declined', 'amex … declined'],
    ['diners 3056 930902 5904', 'diners …'],
    ['old visa 4222222222222.', 'old visa ….'],
    ['maestro 6304000000000000000', 'maestro …'],
    ['4111-1111-1111-1111 12/27', '… 12/27'],
    ['order 7 4111 1111 1111 1111 0930', 'order 7 … 0930'],
    ['two 4111111111111111 5555555555554444', 'two … …'],
    ['pay to DE89 3704 0044 0532 0130 00 soon', 'pay to … soon'],
    ['pay to DE89 3704 0044 0532 0130 00 NOW OR NEVER', 'pay to … NOW OR NEVER'],
    ['pay to GB82WEST12345698765432', 'pay to …'],
    ['to BE68 5390 0754 7034 PAID', 'to … PAID'],
    ['no route to +491701234567', 'no route to …'],
    ['no route to +1 (555) 010-4477.', 'no route to ….'],
    ['call +49 170/12 34 567', 'call …'],
    ['call (555) 010-4477 or 555-010-4477', 'call … or …'],
    ['call 0170 1234567 or 0049 170 1234567', 'call … or …'],
    ['phone: 01701234567', 'phone: …'],
    ['SMS to 491701234567 failed', 'SMS to … failed'],
    ['{"msisdn":"491701234567"}', '{"msisdn":"…"}'],
  ])('has no number that is somebody’s: %p', (text, expected) => expect(redactText(text)).toBe(clean(expected)));

  it.each([
    '019a5c0e-1234-7123-8123-123456789012',
    '01934567-1234-7123-8123-123456789012 41111111-1111-4111-8111-111111111111',
    'order 019a5c0e-1234-7123-8123-123456789012 is cancelled: timed_out',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736, 41111111111111114111111111111111',
    'offset 1763840000123459, 1763840000121 and 1763840000139',
    'order_created[3]@1763840 lag 1000000',
    'amount 1299.99 of 4111111.11, 1,299.99 USD, 100000000.00',
    'at 2026-01-15T09:30:00.123+02:00, 2026-01-15 09:30:00.123456+00, 20260115093000',
    'sms 2026-01-15 and sms 3 of 5, phone 7',
    'p50 4, p95 51 12 7 88 90 104 110 222 301 5 9',
    '12 +34 56',
    'GET /orders?user_id=u&cursor=abc&limit=100',
    'AB12 CDEF 3456 is no account',
    'node_modules/@nestjs/core/index.js',
    'at async x (file:///srv/app/typeorm@1.1.1/index.js:3:5)',
    'at y (/srv/.pnpm/typeorm@1.1.0-rc.next/node_modules/typeorm/z.js:1:2)',
    'at z (http://localhost:4873/@scope/package/index.js:3:5)',
    'http://[::1]:3000/@vite/client and ws://a.b:1/@x',
    'discarded 3 messages, discard: 3',
    'Basic understanding, the bearer of news, basic authentication failed',
    'token: unexpected }, password authentication failed, secrets',
    'Topic authorization failed (TOPIC_AUTHORIZATION_FAILED), authorization failed',
    'task_live_x, desk_test_y, eyJ',
    'Zustellung nach עברית, می‌خواهم, 👩‍👩‍👧',
    'a\n\tat b\r\n',
  ])('keeps what is nobody’s secret: %p', (text) => expect(redactText(text)).toBe(text));

  it('keeps the stack of an error as it is', () => {
    const { stack = '' } = new Error('relay of order_created failed');
    expect(redactText(stack)).toBe(stack);
  });

  it.each([
    ['evil\u202Egnp.exe', 'evil\\u202Egnp.exe'],
    [
      '\u2066a\u2069\u206A\u061C\u200E\u200F\uFFF9x\uFFFB',
      '\\u2066a\\u2069\\u206A\\u061C\\u200E\\u200F\\uFFF9x\\uFFFB',
    ],
    ['\u001B[31mred\u009B0m\u0000\u007F', '\\u001B[31mred\\u009B0m\\u0000\\u007F'],
  ])('has nothing in it that a terminal obeys: %j', (text, expected) => expect(redactText(text)).toBe(expected));

  it('is cut, and what begins before the cut does not show', () => {
    expect(redactText('x'.repeat(10_000))).toHaveLength(8_193);
    for (const secret of [
      'jane@example.org',
      '4111 1111 1111 1111',
      `Bearer ${'aB3'.repeat(300)}`,
      'password=hunter2',
    ]) {
      for (let before = 8_192 - secret.length; before < 8_192; before += 1) {
        const shown = redactText(`${'. '.repeat(before / 2)} ${secret} ${'. '.repeat(4_000)}`);
        expect(shown).not.toMatch(/jane|4111|aB3|hunt/);
      }
    }
  });

  it.each([
    ...[
      '1 ',
      '1-',
      '1111 ',
      'AB12',
      'AB12 3456 ',
      'a://b:',
      'http://a:1/@',
      'eyJaaaaa.',
      '?token=',
      '@',
      '+1',
      '(5',
      'a@b.',
    ],
    ...[
      'password=',
      "password='",
      '"password":"',
      '\\"token\\":\\"',
      'Bearer ',
      'basic x',
      '"a',
      'é.',
      'tel ',
      'sms 0',
      'pi_a_',
    ],
    ...['cookie:', 'a.', '0170 ', '00', '%40a', '\u202E', 'x\\', "o'", 'secret ', '555-'],
  ])('takes no longer for %p a hundred thousand times', (piece) => {
    const text = piece.repeat(100_000 / piece.length);
    // Of this thread alone: the machine may have others to serve.
    const begun = process.threadCpuUsage();
    redactText(text);
    redactText(text.slice(0, 8_192));
    const { user, system } = process.threadCpuUsage(begun);
    expect((user + system) / 1_000).toBeLessThan(50);
  });
});
