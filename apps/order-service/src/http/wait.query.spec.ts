import { validationPipe } from '@app/platform';
import { WaitQuery } from './wait.query';

const read = (query: object): Promise<unknown> =>
  validationPipe().transform(query, { type: 'query', metatype: WaitQuery }) as Promise<unknown>;

describe('the time a reader waits for an order', () => {
  it.each([
    ['10s', 10_000],
    ['500ms', 500],
    ['0s', 0],
    ['30s', 30_000],
    ['30000ms', 30_000],
  ])('%s is %d milliseconds', async (wait, milliseconds) => {
    expect(await read({ wait })).toEqual({ wait: milliseconds });
  });

  it('is none unless told', async () => {
    expect(await read({})).toEqual({});
  });

  it.each(['31s', '30001ms', '99999s', '100000ms', '10', '10 s', '1.5s', '-1s', '1m', 's', '', 'ten', '１s'])(
    'cannot be %j',
    async (wait) => {
      await expect(read({ wait })).rejects.toMatchObject({
        code: 'REQUEST.INVALID',
        errors: [{ pointer: '#/query/wait', detail: 'wait must be a time such as 10s or 500ms, at most 30s' }],
      });
    },
  );

  it('cannot be given twice', async () => {
    await expect(read({ wait: ['1s', '2s'] })).rejects.toMatchObject({ code: 'REQUEST.INVALID' });
  });
});
