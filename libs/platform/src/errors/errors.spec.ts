import { HttpException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { DomainError } from './domain.error';
import { errorToProblem, translateErrorsBy, unavailable } from './error-to-problem';

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

  it('may be told by a lib about its own errors, and by nobody about what is not its', () => {
    class Busy extends Error {}
    translateErrorsBy((error) => (error instanceof Busy ? unavailable(7) : undefined));
    expect(errorToProblem(new Busy())).toMatchObject({ status: 503, retryAfterSeconds: 7 });
    expect(errorToProblem(new Error('other'))).toMatchObject({ status: 500 });
  });

  it('of anything else is internal', () => {
    for (const thrown of [new Error('x'), 'text', undefined, null, { status: 404 }]) {
      expect(errorToProblem(thrown)).toMatchObject({ status: 500, code: 'INTERNAL' });
    }
  });

  it('of Nest’s exceptions keeps a sentence somebody wrote, and replaces bare status texts', () => {
    expect(errorToProblem(new NotFoundException('No product has this id.')).detail).toBe('No product has this id.');
    expect(errorToProblem(new NotFoundException()).detail).toMatch(/^No resource has/);
    expect(errorToProblem(new ServiceUnavailableException('db01 is away')).detail).not.toContain('db01');
    expect(errorToProblem(new HttpException('db01 exploded', 500)).detail).not.toContain('db01');
  });
});
