import { errorToProblem, translateErrorsBy } from '@app/platform';
import { QueryFailedError } from 'typeorm';
import {
  isDatabaseTimeout,
  isDatabaseUnavailable,
  isSerializationFailure,
  sqlState,
  violatedConstraint,
} from './database-errors';
import { databaseProblem } from './database-problem';

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

  it('gives its SQLSTATE away, and the constraint it is about, however deep', () => {
    const error = failed(pg('23505', { constraint: 'orders_pkey' }));
    expect([sqlState(error), sqlState(new Error())]).toEqual(['23505', undefined]);
    expect([violatedConstraint(error), violatedConstraint(pg('23505'))]).toEqual(['orders_pkey', undefined]);
  });

  it('that contains itself does not hang us', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});

describe('the problem of a request that the database could not serve', () => {
  translateErrorsBy(databaseProblem);

  it('of an outage, a time-out or a lost race says when to come back', () => {
    for (const code of ['08006', '57014', '40001']) {
      const problem = errorToProblem(failed(pg(code)));
      expect(problem).toMatchObject({ status: 503, code: 'SERVICE.UNAVAILABLE' });
      expect(problem.retryAfterSeconds).toBeGreaterThan(0);
    }
  });

  it('is internal for anything else', () => {
    expect(errorToProblem(failed(pg('42P01')))).toMatchObject({ status: 500, code: 'INTERNAL' });
  });
});
