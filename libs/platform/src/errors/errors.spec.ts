import { HttpException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import {
  isDatabaseTimeout,
  isDatabaseUnavailable,
  isSerializationFailure,
  sqlState,
  violatedConstraint,
} from './database-errors';
import { DomainError } from './domain.error';
import { errorToProblem } from './error-to-problem';

const pg = (code: string, more: object = {}) => Object.assign(new Error('pg'), { code, ...more });
const failed = (cause: Error) => new QueryFailedError('SELECT secret', [], cause);

describe('an error of the database', () => {
  it.each(['08006', '08P01', '53300', '53100', '57P01', '57P03', '25P03', 'ECONNREFUSED', 'ENOTFOUND'])(
    'with code %s means that it is unavailable',
    (code) => {
      expect(isDatabaseUnavailable(pg(code))).toBe(true);
      expect(isDatabaseUnavailable(failed(pg(code)))).toBe(true);
      expect(isDatabaseUnavailable(new AggregateError([pg(code)]))).toBe(true);
      expect(isDatabaseUnavailable(new Error('outer', { cause: pg(code) }))).toBe(true);
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout'])(
    '"%s" means that it is unavailable',
    (message) => expect(isDatabaseUnavailable(failed(new Error(message)))).toBe(true),
  );

  it.each(['23505', '42P01', '22P02', '40001', '57014'])('with code %s does not', (code) => {
    expect(isDatabaseUnavailable(failed(pg(code)))).toBe(false);
  });

  it('is recognised as worth a second try when the transaction lost a race', () => {
    expect([failed(pg('40001')), failed(pg('40P01')), pg('23505')].map(isSerializationFailure)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is recognised as a time-out', () => {
    expect([pg('57014'), failed(pg('55P03')), pg('08006')].map(isDatabaseTimeout)).toEqual([true, true, false]);
  });

  it('gives its state and constraint away, however deep', () => {
    const error = failed(pg('23505', { constraint: 'orders_pkey' }));
    expect([sqlState(error), violatedConstraint(error)]).toEqual(['23505', 'orders_pkey']);
    expect([sqlState(new Error()), violatedConstraint(undefined)]).toEqual([undefined, undefined]);
  });

  it('that contains itself does not hang us', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});

describe('a problem', () => {
  it.each([
    ['invalid', 400],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['unprocessable', 422],
    ['unavailable', 503],
  ] as const)('of kind %s has status %i and says what the error says', (kind, status) => {
    const problem = errorToProblem(new DomainError({ code: 'ORDER.X', kind, message: 'Why.', details: { secret: 1 } }));
    expect(problem).toMatchObject({ status, code: 'ORDER.X', detail: 'Why.' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('of kind internal keeps its message to itself', () => {
    const problem = errorToProblem(new DomainError({ code: 'ORDER.BROKEN', kind: 'internal', message: 'row 7' }));
    expect(problem).toMatchObject({ status: 500, code: 'ORDER.BROKEN' });
    expect(problem.detail).not.toContain('row 7');
  });

  it('may come from a domain that imports nothing from us', () => {
    const error = Object.assign(new Error('Sold out.'), { code: 'STOCK.OUT', kind: 'unprocessable' });
    expect(errorToProblem(error)).toEqual({ status: 422, code: 'STOCK.OUT', detail: 'Sold out.' });
  });

  it('of an outage, a time-out or a lost race says when to come back', () => {
    for (const code of ['08006', '57014', '40001']) {
      const problem = errorToProblem(failed(pg(code)));
      expect(problem).toMatchObject({ status: 503, code: 'SERVICE.UNAVAILABLE' });
      expect(problem.retryAfterSeconds).toBeGreaterThan(0);
    }
  });

  it('of anything else is internal', () => {
    for (const thrown of [new Error('x'), failed(pg('42P01')), 'text', undefined, null, { status: 404 }]) {
      expect(errorToProblem(thrown)).toMatchObject({ status: 500, code: 'INTERNAL' });
    }
  });

  it('of Nest’s exceptions keeps a sentence somebody wrote, and replaces bare status texts', () => {
    expect(errorToProblem(new NotFoundException('No product has this id.')).detail).toBe('No product has this id.');
    expect(errorToProblem(new NotFoundException()).detail).toMatch(/^Nothing is found/);
    expect(errorToProblem(new ServiceUnavailableException('db01 is away')).detail).not.toContain('db01');
    expect(errorToProblem(new HttpException('db01 exploded', 500)).detail).not.toContain('db01');
  });
});
