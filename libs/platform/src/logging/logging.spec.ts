import { Logger } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { currentLogContext, runWithLogContext } from './log-context';
import { PinoLogger } from './pino.logger';
import { redact, redactText } from './redaction';

const lines: Record<string, unknown>[] = [];
const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
const pino = new PinoLogger({ service: 'order-service', version: '1', level: 'debug', format: 'json', destination });

beforeEach(() => {
  lines.length = 0;
  Logger.overrideLogger(pino);
});
afterAll(() => void Logger.overrideLogger(false));

describe('a log line', () => {
  it('carries the service, the context of the logger and the given fields', () => {
    new Logger('Relay').log('published', { count: 3 });
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        service: 'order-service',
        version: '1',
        context: 'Relay',
        count: 3,
        message: 'published',
      },
    ]);
  });

  it('carries what it was written on behalf of, also after waiting', async () => {
    await runWithLogContext({ correlationId: 'c-1' }, async () => {
      await runWithLogContext({ orderId: 'o-1', eventId: 'e-1' }, async () => {
        await Promise.resolve();
        new Logger('X').log('inside');
      });
      expect(currentLogContext()).toEqual({ correlationId: 'c-1' });
    });
    expect(lines[0]).toMatchObject({ correlation_id: 'c-1', order_id: 'o-1', event_id: 'e-1' });
    expect(currentLogContext()).toEqual({});
  });

  it('carries no secret that came as a correlation id', () => {
    runWithLogContext({ correlationId: 'alice@example.org;4111111111111111;sk_live_x' }, () =>
      new Logger('X').log('said'),
    );
    expect(lines[0]?.['correlation_id']).toBe('[redacted];[redacted];[redacted]');
  });

  it('carries an error with its stack and cause, but not its parameters', () => {
    const error = new QueryFailedError('INSERT', ['customer data'], new Error('duplicate'));
    new Logger('X').error('failed', error);
    new Logger('X').error('failed', { err: error, attempt: 2 });
    new Logger('X').error(error);
    for (const line of lines) {
      expect(line).toMatchObject({ level: 'error', context: 'X', err: { type: 'QueryFailedError' } });
      expect(JSON.stringify(line)).toContain('logging.spec');
      expect(JSON.stringify(line)).not.toContain('customer data');
    }
    expect(lines[1]).toMatchObject({ attempt: 2 });
  });

  it('understands the stack Nest passes as a text', () => {
    new Logger('X').error('failed', 'Error: x\n    at y');
    expect(lines[0]).toMatchObject({ context: 'X', err: { stack: 'Error: x\n    at y' } });
  });

  it('is not written below the level', () => {
    new Logger('X').verbose('fine');
    new Logger('X').debug('coarse');
    expect(lines.map(({ message }) => message)).toEqual(['coarse']);
  });
});

describe('what must not be logged', () => {
  it('is replaced under telling names, at any depth', () => {
    const fields = { headers: { Authorization: 'x', cookie: 'y' }, user: { e_mail: 'a', phoneNumber: 'b', id: 'u' } };
    expect(redact({ ...fields, cardNumber: 1, password: null })).toEqual({
      headers: { Authorization: '[redacted]', cookie: '[redacted]' },
      user: { e_mail: '[redacted]', phoneNumber: '[redacted]', id: 'u' },
      cardNumber: '[redacted]',
      password: null,
    });
  });

  it.each([
    ['550 no such user jane.doe+x@mail.example.com', '550 no such user [redacted]'],
    ['postgres://svc:hunter2@db:5432/x', 'postgres://svc:[redacted]@db:5432/x'],
    ['card 4111 1111 1111 1111 declined', 'card [redacted] declined'],
    ['card 4242424242424242 declined', 'card [redacted] declined'],
    ['amex 3782 822463 10005 declined', 'amex [redacted] declined'],
    ['old visa 4222222222222.', 'old visa [redacted].'],
    ['4111-1111-1111-1111 12/27', '[redacted] 12/27'],
    ['postgres://svc:a/b@c@db:5432/x', 'postgres://svc:[redacted]@db:5432/x'],
    ['GET /x?token=abc.def&limit=3', 'GET /x?token=[redacted]&limit=3'],
    ['sk_live_51Hxyz and whsec_abc123 and rk_test_9', '[redacted] and [redacted] and [redacted]'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'Bearer [redacted]'],
    ['pay to DE89 3704 0044 0532 0130 00 soon', 'pay to [redacted] soon'],
    ['pay to GB82WEST12345698765432', 'pay to [redacted]'],
    ['no route to +491701234567', 'no route to [redacted]'],
    ['no route to +1 (555) 010-4477.', 'no route to [redacted].'],
  ])('is removed from the text %p', (text, clean) => expect(redactText(text)).toBe(clean));

  it.each([
    '019a5c0e-1234-7123-8123-123456789012',
    'offset 1763840000123456',
    '01934567-1234-7123-8123-123456789012',
    'GET /orders?user_id=u&cursor=abc',
    'AB12 CDEF 3456 is no account',
    'at 2026-01-15T09:30:00.123+02:00',
    '12 +34 56',
    'node_modules/@nestjs/core/index.js',
    'at async x (file:///srv/app/typeorm@1.1.1/index.js:3:5)',
  ])('is not confused with %p', (text) => expect(redactText(text)).toBe(text));

  it('may be endless or contain itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(JSON.stringify(redact(loop))).toContain('[deeper]');
    expect(redactText('x'.repeat(10_000))).toHaveLength(8_193);
  });

  it.each(['1 ', '1-', 'AB12', 'a://b:', 'eyJaaaaa.', '?token=', '@', '+1'])(
    'is found in linear time in %p a thousand times',
    (piece) => {
      const begun = performance.now();
      redactText(piece.repeat(8_192 / piece.length));
      expect(performance.now() - begun).toBeLessThan(100);
    },
  );
});
