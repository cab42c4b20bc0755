import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { order, sampleService, send as sendTo } from '../../test/sample-service';
import type { ProblemDetails } from '../errors/problem-details';

const CORRELATION_ID = '019aab12-4c00-7a01-8f00-5d2f6f1c0a01';
let app: NestFastifyApplication;
beforeAll(async () => void (app = await sampleService()));
afterAll(() => app.close());

const send = (method: 'GET' | 'POST', url: string, body?: string | Buffer, headers?: Record<string, string>) =>
  sendTo(app, method, url, body, headers);
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

  it.each([
    ...[
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'text/plain;charset=UTF-8',
      'application/xml',
    ],
    ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/octet-stream'],
  ])('may say that a body is %s and have none, where none is needed', async (type) => {
    const headers = { 'content-type': type };
    expect((await send('POST', '/orders/x/cancel', '', headers)).response.statusCode).toBe(201);
    expect((await send('POST', '/orders/x/cancel', undefined, headers)).response.statusCode).toBe(201);
    expect((await send('POST', '/orders/x/cancel')).response.statusCode).toBe(201);
    const { response, problem } = await post('', headers);
    expect([response.statusCode, problem.code]).toEqual([400, 'REQUEST.MALFORMED_JSON']);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'none'],
    ['', 'none'],
    ['{}', 'none'],
    ['{"note":"too big"}', 'too big'],
  ])('may leave out a body that is optional: %p', async (body, note) => {
    const { response } = await send('POST', '/orders/x/return', body, { 'content-type': 'application/json' });
    expect([response.statusCode, response.json()]).toEqual([201, { note }]);
  });

  it.each(['{"note":""}', '{"other":1}', '[]', '"text"'])(
    'is held to the rules of an optional body when there is one: %s',
    async (body) => {
      const { problem } = await send('POST', '/orders/x/return', body, { 'content-type': 'application/json' });
      expect(problem.code).toBe('REQUEST.INVALID');
    },
  );

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
    ...['utf-8; charset=iso-8859-1', 'utf-8;charset=utf-8', '"utf-8"; x=y; Charset = "UTF-8"', ''].map(
      (charset): [string, string, Record<string, string>, number, string] => [
        `the charset ${charset}`,
        '{}',
        { 'content-type': `application/json; charset=${charset}` },
        415,
        'REQUEST.UNSUPPORTED_MEDIA_TYPE',
      ],
    ),
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
