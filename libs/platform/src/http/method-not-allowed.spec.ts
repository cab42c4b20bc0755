import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { order, sampleService } from '../../test/sample-service';
import type { ProblemDetails } from '../errors/problem-details';

let app: NestFastifyApplication;
beforeAll(async () => void (app = await sampleService()));
afterAll(() => app.close());

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
const inject = (method: Method, url: string) => app.inject({ method, url });

describe('a path that exists, asked with a method it does not have', () => {
  it.each<[Method, string, string]>([
    ['DELETE', '/orders', 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/orders/019aab12-4c00-7a01-8f00-5d2f6f1c0a01', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/orders/not-even-an-id?x=1', 'GET, HEAD, OPTIONS'],
    ['GET', '/orders/x/cancel', 'POST, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/docs-json', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/problems/request.invalid', 'GET, HEAD, OPTIONS'],
  ])('is answered %s %s with 405 and what it has', async (method, url, allow) => {
    const response = await inject(method, url);
    const problem = response.json<ProblemDetails>();
    expect([response.statusCode, problem.code]).toEqual([405, 'REQUEST.METHOD_NOT_ALLOWED']);
    expect(response.headers['allow']).toBe(allow);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem.correlation_id).toBe(response.headers['x-correlation-id']);
  });

  it('tells OPTIONS the same, without a body', async () => {
    const response = await inject('OPTIONS', '/orders');
    expect([response.statusCode, response.body]).toEqual([204, '']);
    expect(response.headers['allow']).toBe('GET, HEAD, POST, OPTIONS');
  });

  it('answers HEAD as GET, without the body', async () => {
    const [head, get] = [await inject('HEAD', '/orders'), await inject('GET', '/orders')];
    expect([head.statusCode, head.body]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it('does not read a body that nobody wants', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await app.inject({
      method: 'PUT',
      url: '/orders',
      payload: `{"x": ${JSON.stringify(order)}`,
      headers,
    });
    expect(response.statusCode).toBe(405);
  });
});

describe('a path that does not exist', () => {
  it.each<[Method, string]>([
    ['DELETE', '/nowhere'],
    ['OPTIONS', '/nowhere'],
    ['PUT', '/orders/'],
    ['PUT', '/orders//cancel'],
    ['PUT', '/orders/x/cancel/y'],
  ])('is not found, whatever the method: %s %s', async (method, url) => {
    const response = await inject(method, url);
    expect([response.statusCode, response.json<ProblemDetails>().code]).toEqual([404, 'REQUEST.NOT_FOUND']);
    expect(response.headers['allow']).toBeUndefined();
  });
});
