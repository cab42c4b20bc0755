import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { item, order, sampleService, send as sendTo } from '../../test/sample-service';
import type { ProblemDetails } from '../errors/problem-details';

let app: NestFastifyApplication;
beforeAll(async () => void (app = await sampleService()));
afterAll(() => app.close());

const send = (method: 'GET' | 'POST', url: string, body?: string | Buffer, headers?: Record<string, string>) =>
  sendTo(app, method, url, body, headers);
const post = (body: unknown, headers?: Record<string, string>) =>
  send('POST', '/orders', typeof body === 'string' ? body : JSON.stringify(body), headers);

describe('a request with invalid fields', () => {
  const pointers = (problem: ProblemDetails) => problem.errors?.map(({ pointer }) => pointer);

  it('names every one of them with an exact pointer', async () => {
    const { response, problem } = await post({
      user_id: '\u0000',
      items: [item, { ...item, price: 1.999 }, { ...item, quantity: 0.5, colour: 'red' }],
      'a/b~c': 1,
    });
    expect(response.statusCode).toBe(400);
    expect(new Set(pointers(problem))).toEqual(
      new Set(['/a~1b~0c', '/user_id', '/items/1/price', '/items/2/colour', '/items/2/quantity']),
    );
    expect(problem.errors?.find(({ pointer }) => pointer === '/items/1/price')?.detail).toBe(
      'price must be a number from 0.01 to 1000 with at most two decimals',
    );
  });

  it('points to the index of an item that is no object', async () => {
    const { problem } = await post({ ...order, items: [item, null, 7] });
    expect(new Set(pointers(problem))).toEqual(new Set(['/items/1', '/items/2']));
  });

  it('points to items which are no list', async () => {
    for (const items of [{}, 'x', 3, null, undefined]) {
      const { problem } = await post({ ...order, items });
      expect(pointers(problem)?.every((pointer) => pointer === '/items')).toBe(true);
    }
  });

  it.each(['\u202Egnp.exe', 'a\u2066b', '\u202A', 'a\u200Fb', '\u061Ca', 'a\u206F', 'a\uFFF9b\uFFFB'])(
    'refuses a text that turns or hides what follows: %j',
    async (text) => {
      const { problem } = await post({ ...order, user_id: text });
      expect(pointers(problem)).toEqual(['/user_id']);
    },
  );

  it('refuses the text of a number', async () => {
    const { problem } = await post({ ...order, items: [{ ...item, price: '1.99', quantity: '1' }] });
    expect(new Set(pointers(problem))).toEqual(new Set(['/items/0/quantity', '/items/0/price']));
  });

  it.each(['constructor', 'hasOwnProperty', 'toString'])('survives a field called %s', async (name) => {
    const { response } = await post({ ...order, [name]: 1 });
    expect(response.statusCode).toBe(400);
  });

  it('points into the query', async () => {
    const { problem } = await send('GET', '/orders?limit=0&sort=up');
    expect(new Set(pointers(problem))).toEqual(new Set(['#/query/limit', '#/query/sort']));
    expect((await send('GET', '/orders')).response.json()).toEqual({ limit: 20 });
    expect((await send('GET', '/orders?limit=100')).response.json()).toEqual({ limit: 100 });
    expect((await send('GET', '/orders?limit=1&limit=2')).response.statusCode).toBe(400);
    expect((await send('GET', '/orders?limit=101')).response.statusCode).toBe(400);
  });

  it.each([
    ['GET', '/?now=1', ['#/query/now']],
    ['POST', '/orders?dry_run=true', ['#/query/dry_run']],
    ['GET', '/orders/019aab12-4c00-7a01-8f00-5d2f6f1c0a01?wait=1s&__proto__=1', ['#/query/wait', '#/query/__proto__']],
  ] as const)('refuses the query of %s %s, which has none', async (method, url, expected) => {
    const { response, problem } = await send(method, url, method === 'POST' ? JSON.stringify(order) : undefined);
    expect([response.statusCode, problem.code, pointers(problem)]).toEqual([400, 'REQUEST.INVALID', expected]);
  });

  it('lets a probe add what defeats a cache', async () => {
    expect((await send('GET', '/health/live?now=1')).response.statusCode).toBe(200);
  });

  it('points into the path', async () => {
    const { problem } = await send('GET', '/orders/17');
    expect(pointers(problem)).toEqual(['#/path/order_id']);
  });
});

describe('an error of the service', () => {
  it('tells nothing but the correlation id when it is a fault', async () => {
    const { response, problem } = await send('GET', '/orders/fault');
    expect([response.statusCode, problem.code]).toEqual([500, 'INTERNAL']);
    expect(response.body).not.toMatch(/secret_table|42P01|at /);
    expect(problem.correlation_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says when to come back when a dependency is away', async () => {
    const { response, problem } = await send('GET', '/orders/outage');
    expect([response.statusCode, problem.code]).toEqual([503, 'SERVICE.UNAVAILABLE']);
    expect(response.headers['retry-after']).toBe('2');
    expect(response.body).not.toContain('10.0.0.7');
  });

  it('is answered with its own code and delay when it is meant', async () => {
    const { response, problem } = await send('GET', '/orders/refused');
    expect([response.statusCode, problem.code, problem.detail]).toEqual([409, 'ORDER.BUSY', 'Busy.']);
    expect(response.headers['retry-after']).toBe('3');
  });
});

describe('the routes of every service', () => {
  it('greet, document and probe', async () => {
    const greeting = { name: 'order-service', version: 'dev', docs: '/docs', health: '/health' };
    expect((await send('GET', '/')).response.json()).toEqual(greeting);
    expect((await send('GET', '/health')).response.json()).toMatchObject({ status: 'up', state: 'starting' });
    expect((await send('GET', '/health/live')).response.statusCode).toBe(200);
    expect((await send('GET', '/health/ready')).response.statusCode).toBe(503);
    expect((await send('GET', '/docs-json')).response.json()).toMatchObject({ info: { title: 'order-service' } });
    expect((await app.inject('/docs')).statusCode).toBe(200);
  });
});
