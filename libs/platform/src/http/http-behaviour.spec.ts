import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { ArrayMinSize, IsArray, IsInt, IsUUID, Min, ValidateNested } from 'class-validator';
import { createService } from '../bootstrap';
import { commonConfig } from '../config/common-config';
import { defineConfig } from '../config/define-config';
import { DomainError } from '../errors/domain.error';
import type { ProblemDetails } from '../errors/problem-details';
import { currentLogContext } from '../logging/log-context';
import { IsMoney, IsPrintable } from './field-decorators';
import { PageQuery } from './page';

class ItemDto {
  @IsPrintable(1, 100)
  product_id!: string;

  @IsInt()
  @Min(1)
  quantity!: number;

  @IsMoney({ min: 0.01, max: 1000 })
  price!: number;
}

class OrderDto {
  @IsPrintable(1, 100)
  user_id!: string;

  @IsArray()
  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => ItemDto)
  items!: ItemDto[];
}

class OrderPath {
  @IsUUID()
  order_id!: string;
}

@Controller('orders')
class OrdersController {
  @Post()
  place(@Body() order: OrderDto) {
    return { order, correlation_id: currentLogContext().correlationId };
  }

  @Get()
  list(@Query() page: PageQuery) {
    return page;
  }

  @Post(':order_id/cancel')
  cancel() {
    return { cancelled: true };
  }

  @Get('fault')
  fault(): never {
    throw Object.assign(new Error('relation "secret_table" does not exist'), { code: '42P01' });
  }

  @Get('outage')
  outage(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('refused')
  refused(): never {
    throw new DomainError({ code: 'ORDER.BUSY', kind: 'conflict', message: 'Busy.', retryAfterSeconds: 3 });
  }

  @Get(':order_id')
  get(@Param() path: OrderPath) {
    return path;
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({ LOG_LEVEL: 'fatal' });
const item = { product_id: 'LAPTOP001', quantity: 1, price: 1.99 };
const order = { user_id: 'user_123', items: [item] };
let app: NestFastifyApplication;
const CORRELATION_ID = '019aab12-4c00-7a01-8f00-5d2f6f1c0a01';

beforeAll(async () => {
  app = await createService({ name: 'order-service', module: OrdersModule, config });
  await app.init();
});
afterAll(() => app.close());

async function send(method: 'GET' | 'POST', url: string, body?: string, headers: Record<string, string> = {}) {
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const payload = body === undefined ? {} : { payload: body };
  const response = await app.inject({ method, url, ...payload, headers: { ...type, ...headers } });
  return { response, problem: response.json<ProblemDetails>() };
}

const post = (body: unknown, headers?: Record<string, string>) =>
  send('POST', '/orders', typeof body === 'string' ? body : JSON.stringify(body), headers);

describe('a well-formed request', () => {
  it('reaches the handler inside its log context, also after its body was read', async () => {
    const { response } = await post(order, { 'x-correlation-id': CORRELATION_ID });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toEqual({ order, correlation_id: CORRELATION_ID });
    expect(response.headers['x-correlation-id']).toBe(CORRELATION_ID);
  });

  it.each(['a b', 'abc-1', 'alice@example.org', '4111111111111111', `${'0'.repeat(33)}`])(
    'gets a correlation id of its own instead of %p',
    async (given) => {
      const { response } = await post(order, { 'x-correlation-id': given });
      expect(response.headers['x-correlation-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(response.headers['x-correlation-id']).not.toBe(given);
    },
  );

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
  ])('may call its body %s', async (type) =>
    expect((await post(order, { 'content-type': type })).response.statusCode).toBe(201),
  );

  it('may say that a body is JSON and have none, where none is needed', async () => {
    const { response } = await send('POST', '/orders/x/cancel', '', { 'content-type': 'application/json' });
    expect(response.statusCode).toBe(201);
    expect((await send('POST', '/orders/x/cancel')).response.statusCode).toBe(201);
  });

  it.each(['José', 'עברית', '👩‍👩‍👧', 'می‌خواهم'])('may be about %s', async (name) => {
    expect((await post({ ...order, user_id: name })).response.json()).toMatchObject({ order: { user_id: name } });
  });
});

describe('a malformed request', () => {
  it.each([
    ['broken JSON', '{"user_id": ', {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['an empty body', '', {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['__proto__ as a key', '{"__proto__": {"admin": true}}', {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['constructor.prototype', '{"constructor": {"prototype": {}}}', {}, 400, 'REQUEST.INVALID'],
    ['a name twice', '{"user_id": "a", "user_id": "b"}', {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['a name twice, once escaped', '{"items": [{"price": 1, "pric\\u0065": 2}]}', {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['half of a surrogate pair', '{"user_id": "a\\ud800"}', {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['a byte order mark', '\ufeff{}', {}, 400, 'REQUEST.MALFORMED_JSON'],
    [
      'Latin-1',
      '{}',
      { 'content-type': 'application/json; charset=iso-8859-1' },
      415,
      'REQUEST.UNSUPPORTED_MEDIA_TYPE',
    ],
    ['UTF-16', '{}', { 'content-type': 'application/json;charset="utf-16"' }, 415, 'REQUEST.UNSUPPORTED_MEDIA_TYPE'],
    [
      'a flavour of JSON',
      '{}',
      { 'content-type': 'application/merge-patch+json' },
      415,
      'REQUEST.UNSUPPORTED_MEDIA_TYPE',
    ],
    ['XML', '<order/>', { 'content-type': 'application/xml' }, 415, 'REQUEST.UNSUPPORTED_MEDIA_TYPE'],
    ['plain text', 'order', { 'content-type': 'text/plain' }, 415, 'REQUEST.UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'REQUEST.UNSUPPORTED_MEDIA_TYPE'],
    ['a body above 100 KiB', JSON.stringify('x'.repeat(102_400)), {}, 413, 'REQUEST.TOO_LARGE'],
    ['deep nesting', `{"items":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['nesting of 33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, {}, 400, 'REQUEST.MALFORMED_JSON'],
    ['nesting of 32 levels', `${'['.repeat(32)}${']'.repeat(32)}`, {}, 400, 'REQUEST.INVALID'],
    ['a list instead of an object', '[]', {}, 400, 'REQUEST.INVALID'],
    ['a text instead of an object', '"order"', {}, 400, 'REQUEST.INVALID'],
    ['null', 'null', {}, 400, 'REQUEST.INVALID'],
  ])('with %s is refused', async (_what, body, headers, status, code) => {
    const { response, problem } = await post(body, headers);
    expect([response.statusCode, problem.code, problem.status]).toEqual([status, code, status]);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem.type).toBe(`/problems/${code.toLowerCase()}`);
    expect(problem.correlation_id).toBe(response.headers['x-correlation-id']);
  });

  it.each([
    ['bytes of another encoding', Buffer.from('{"user_id": "Jos\xe9"}', 'latin1')],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('with %s is refused', async (_what, payload) => {
    const headers = { 'content-type': 'application/json' };
    const response = await app.inject({ method: 'POST', url: '/orders', payload, headers });
    expect([response.statusCode, response.json<ProblemDetails>().code]).toEqual([400, 'REQUEST.MALFORMED_JSON']);
  });

  it('with a name twice is told where', async () => {
    const { problem } = await post('{"items": [{}, {"price": 1, "price": 2}]}');
    expect(problem.errors).toEqual([{ pointer: '/items/1/price', detail: '/items/1/price is there twice.' }]);
  });

  it.each(['/orders?cursor=Jos%E9', '/orders?limit=%', '/orders?x=%C0%AF'])('to %s is refused', async (url) => {
    const { response, problem } = await send('GET', url);
    expect([response.statusCode, problem.errors?.[0]?.pointer]).toEqual([400, '#/query']);
  });

  it.each([
    ['/nowhere', 404, 'REQUEST.NOT_FOUND'],
    ['/orders/%E0%A4%A', 400, 'REQUEST.MALFORMED_URL'],
    [`/orders/${'x'.repeat(300)}`, 414, 'REQUEST.URL_TOO_LONG'],
  ])('to %s is refused with the path, but not the query, as its instance', async (url, status, code) => {
    const { response, problem } = await send('GET', `${url}?secret=1`);
    expect([response.statusCode, problem.code]).toEqual([status, code]);
    expect(problem.instance).toBe(url);
  });
});

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

  it.each(['\u202Egnp.exe', 'a\u2066b', '\u202A'])(
    'refuses a text that turns the direction of what follows: %p',
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

  it('says when to come back when the database is away', async () => {
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
