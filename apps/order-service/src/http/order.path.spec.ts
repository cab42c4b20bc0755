import { validationPipe } from '@app/platform';
import { ListOrdersQuery } from './list-orders.query';
import { OrderPath } from './order.path';

describe('the id in the path', () => {
  const read = (order_id: string): Promise<unknown> =>
    validationPipe().transform({ order_id }, { type: 'param', metatype: OrderPath }) as Promise<unknown>;

  it('names the same order in any case', async () => {
    const order_id = '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11';
    expect(await read(order_id.toUpperCase())).toEqual({ order_id });
  });

  it.each(['7', '', '019a3c1e', '{019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11}', '019a3c1e5d577b6c9c4e2f1a9d0b7e11'])(
    'cannot be %j',
    async (id) => {
      await expect(read(id)).rejects.toMatchObject({ errors: [{ pointer: '#/path/order_id' }] });
    },
  );
});

describe('the query of the list', () => {
  const read = (query: object): Promise<unknown> =>
    validationPipe().transform(query, { type: 'query', metatype: ListOrdersQuery }) as Promise<unknown>;

  it('asks for twenty orders unless told', async () => {
    expect(await read({})).toEqual({ limit: 20 });
    expect(await read({ limit: '100', user_id: 'user_123', status: 'paid' })).toEqual({
      limit: 100,
      user_id: 'user_123',
      status: 'paid',
    });
  });

  it('takes an order number as people type it', async () => {
    expect(await read({ order_number: '7f3k29qx' })).toEqual({ limit: 20, order_number: '7F3K-29QX' });
  });

  it.each<[object, string]>([
    [{ limit: '0' }, '#/query/limit'],
    [{ limit: '101' }, '#/query/limit'],
    [{ status: 'lost' }, '#/query/status'],
    [{ order_number: '' }, '#/query/order_number'],
    [{ order_number: '7F3U-29QX' }, '#/query/order_number'],
    [{ order_number: ['7F3K-29QX', '7F3K-29QX'] }, '#/query/order_number'],
    [{ user_id: '' }, '#/query/user_id'],
    [{ user_id: ['a', 'b'] }, '#/query/user_id'],
    [{ cursor: ['a'] }, '#/query/cursor'],
    [{ page: '2' }, '#/query/page'],
  ])('cannot be %j', async (query, pointer) => {
    await expect(read(query)).rejects.toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
    });
  });
});
