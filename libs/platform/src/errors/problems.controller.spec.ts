import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { sampleService } from '../../test/sample-service';
import { PLATFORM_PROBLEMS } from './problem-catalogue';
import type { ProblemDetails } from './problem-details';

let app: NestFastifyApplication;
beforeAll(async () => void (app = await sampleService()));
afterAll(() => app.close());

const get = (url: string) => app.inject({ method: 'GET', url });

describe('the type of a problem', () => {
  it('leads to a page that explains it', async () => {
    const problem = (await get('/orders?limit=0')).json<ProblemDetails>();
    const page = await get(problem.type);
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(page.json()).toEqual({
      type: problem.type,
      code: problem.code,
      status: problem.status,
      ...PLATFORM_PROBLEMS['REQUEST.INVALID'],
    });
    expect(page.body.split('\n').length).toBeGreaterThan(5);
  });

  it('is found in the letters of the code, too', async () => {
    expect((await get('/problems/REQUEST.INVALID')).body).toBe((await get('/problems/request.invalid')).body);
  });

  it('of the service itself is explained beside those of every service', async () => {
    expect((await get('/problems/order.busy')).json()).toMatchObject({ code: 'ORDER.BUSY', status: 409 });
    const { problems } = (await get('/problems')).json<{ problems: { code: string }[] }>();
    const codes = problems.map(({ code }) => code);
    expect(codes).toEqual([...Object.keys(PLATFORM_PROBLEMS), 'ORDER.BUSY'].toSorted());
  });

  it.each(['nonsense', '__proto__', 'constructor', 'order.not_found'])('%s is not known', async (code) => {
    const response = await get(`/problems/${code}`);
    expect([response.statusCode, response.json<ProblemDetails>().code]).toEqual([404, 'PROBLEM.NOT_FOUND']);
    expect((await get(response.json<ProblemDetails>().type)).statusCode).toBe(200);
  });
});
