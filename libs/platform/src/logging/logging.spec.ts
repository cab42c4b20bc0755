import { Logger } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { currentLogContext, runWithLogContext } from './log-context';
import { PinoLogger } from './pino.logger';
import { redact } from './redaction';

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
    ...[
      'authorization',
      'Proxy-Authorization',
      'set-cookie',
      'password',
      'dbPassword',
      'db_passwd',
      'pwd',
      'clientSecret',
    ],
    ...[
      'STRIPE_SECRET_KEY',
      'apiKey',
      'x-api-key',
      'token',
      'accessToken',
      'csrf_token',
      'card',
      'cardNumber',
      'creditcard',
    ],
    ...['CARD_NUMBER', 'cvc', 'iban', 'e_mail', 'emailAddress', 'customer.email', 'phone', 'phoneNumber', 'msisdn'],
  ])('is replaced under the name %p', (name) => expect(redact({ [name]: 'x' })).toEqual({ [name]: '[redacted]' }));

  it.each([
    ...['discarded', 'discardedCount', 'wildcard', 'scorecards', 'secretary', 'tokenizer', 'headphones', 'microphone'],
    ...['passwordless_logins', 'calibanId', 'topic', 'order_id', 'would_discard', 'reason', 'key', 'partition_key'],
  ])('is not confused with %p', (name) => expect(redact({ [name]: 'x' })).toEqual({ [name]: 'x' }));

  it('is removed from names as well', () => {
    expect(redact({ 'jane@example.org': { '4111111111111111': 1 } })).toEqual({ '[redacted]': { '[redacted]': 1 } });
  });

  it('may be endless or contain itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(JSON.stringify(redact(loop))).toContain('[deeper]');
  });
});
