import { createHash } from 'node:crypto';
import { Body, Controller, Delete, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsOptional } from 'class-validator';
import { createService } from '../bootstrap';
import { commonConfig } from '../config/common-config';
import { defineServiceConfig } from '../config/define-service-config';
import type { ProblemDetails } from '../errors/problem-details';
import { StartupError } from '../errors/startup.error';
import { IsPrintable } from '../http/field-decorators';
import { accessRules } from './access-rules';
import { Allow, CurrentCaller, Public } from './access.decorators';
import { actorOf, type Caller, ownerFor, userShownTo } from './caller';
import { OwnUser } from './own-user.decorator';

class OrderDto {
  @IsPrintable()
  user_id!: string;

  @IsOptional()
  @IsPrintable()
  note?: string;
}

@Allow('support', 'operator')
@Controller('things')
class ThingsController {
  @Get()
  list(@CurrentCaller() caller: Caller) {
    return { actor: actorOf(caller), owner: ownerFor(caller) ?? null };
  }

  @Get('open')
  @Public()
  open(@CurrentCaller() caller: Caller | undefined) {
    return { actor: caller === undefined ? null : actorOf(caller) };
  }

  @Delete()
  @Allow('admin')
  remove() {
    return {};
  }

  @Post()
  @Allow('customer', 'support')
  @OwnUser()
  place(@Body() { user_id }: OrderDto) {
    return { user_id };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

@Controller('forgotten')
class ForgottenController {
  @Get(':id')
  get() {
    return {};
  }
}

@Module({ controllers: [ThingsController, ForgottenController] })
class ForgetfulModule {}

const key = (name: string, roles: string) =>
  `${name}:${roles}:${createHash('sha256').update(`key-of-${name}`).digest('hex')}`;
const KEYS = [
  key('carl', 'customer'),
  key('sue', 'support'),
  key('olga', 'operator+support'),
  key('root', 'admin'),
  key('nil', 'service'),
];
const load = defineServiceConfig(commonConfig({ port: 0, databaseUser: 'order_service' }));
const closed = load({ LOG_LEVEL: 'fatal', AUTH_API_KEYS: KEYS.join(', ') });

async function serviceWith(config: ReturnType<typeof load>): Promise<NestFastifyApplication> {
  const app = await createService({ name: 'order-service', module: ThingsModule, config });
  await app.init();
  return app;
}

async function ask(
  app: NestFastifyApplication,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  authorization?: string,
  payload?: object,
) {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json<Record<string, unknown> & ProblemDetails>(),
  };
}
const as = (name: string) => `Bearer key-of-${name}`;

describe('a service that asks for credentials', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => void (app = await serviceWith(closed)));
  afterAll(() => app.close());

  it.each([
    ['nobody', undefined, 401, 'Bearer'],
    ['somebody with a wrong key', 'Bearer key-of-mallory', 401, 'Bearer, error="invalid_token"'],
    ['another scheme', 'Basic c3VlOnN1ZQ==', 401, 'Bearer, error="invalid_token"'],
    ['an empty token', 'Bearer ', 401, 'Bearer, error="invalid_token"'],
    ['a token, with no issuer to trust', 'Bearer a.b.c', 401, 'Bearer, error="invalid_token"'],
    ['a customer', as('carl'), 403, undefined],
    ['a program', as('nil'), 403, undefined],
    ['an admin, whose role the route does not name', as('root'), 403, undefined],
  ])('keeps out %s', async (_, authorization, status, challenge) => {
    const answer = await ask(app, 'GET', '/things', authorization);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, challenge]);
    expect(answer.body.code).toBe(status === 401 ? 'REQUEST.UNAUTHENTICATED' : 'REQUEST.FORBIDDEN');
    expect(JSON.stringify(answer.body)).not.toMatch(/key-of|issuer|API key/);
  });

  it('lets in whom the route names, in the role that may most', async () => {
    expect((await ask(app, 'GET', '/things', as('sue'))).body).toEqual({ actor: 'support:sue', owner: null });
    expect((await ask(app, 'GET', '/things', as('olga'))).body).toEqual({ actor: 'operator:olga', owner: null });
    expect((await ask(app, 'GET', '/things', `bearer   key-of-sue`)).status).toBe(200);
  });

  it('lets a method say something else than its controller', async () => {
    expect((await ask(app, 'DELETE', '/things', as('sue'))).status).toBe(403);
    expect((await ask(app, 'DELETE', '/things', as('root'))).status).toBe(200);
  });

  it('is open to anybody where it says so, and knows whom it can know', async () => {
    expect((await ask(app, 'GET', '/things/open')).body).toEqual({ actor: null });
    expect((await ask(app, 'GET', '/things/open', as('carl'))).body).toEqual({ actor: 'customer:carl' });
    expect((await ask(app, 'GET', '/things/open', 'Bearer key-of-mallory')).body).toEqual({ actor: null });
    expect((await ask(app, 'GET', '/health/live')).status).toBe(200);
    expect((await ask(app, 'GET', '/problems/request.unauthenticated')).status).toBe(200);
  });

  it('shows its metrics to operators and programs', async () => {
    const scrape = (authorization?: string) =>
      app.inject({ method: 'GET', url: '/metrics', headers: authorization === undefined ? {} : { authorization } });
    const answers = await Promise.all([scrape(), scrape('Bearer x'), scrape(as('carl')), scrape(as('nil'))]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 403, 200]);
    expect(answers.slice(0, 3).map((answer) => answer.json<ProblemDetails>().code)).toEqual([
      'REQUEST.UNAUTHENTICATED',
      'REQUEST.UNAUTHENTICATED',
      'REQUEST.FORBIDDEN',
    ]);
    expect(answers[0]?.payload).not.toContain('nodejs_');
    expect(answers[3]?.payload).toContain('nodejs_');
  });

  it('refuses before it looks at what was sent', async () => {
    expect((await ask(app, 'POST', '/things', undefined, { wrong: 1 })).status).toBe(401);
    expect((await ask(app, 'POST', '/things', as('nil'), { wrong: 1 })).status).toBe(403);
  });

  it('fills in the user for a customer alone', async () => {
    expect((await ask(app, 'POST', '/things', as('carl'), {})).body).toEqual({ user_id: 'carl' });
    expect((await ask(app, 'POST', '/things', as('carl'), { user_id: null })).status).toBe(400);
    const { status, body } = await ask(app, 'POST', '/things', as('sue'), { note: '' });
    expect([status, body.errors?.map(({ pointer }) => pointer).sort()]).toEqual([400, ['/note', '/user_id']]);
  });
});

describe('a service without authentication', () => {
  it('takes everybody for a developer, and still refuses what proves nothing', async () => {
    const app = await serviceWith(load({ LOG_LEVEL: 'fatal' }));
    expect((await ask(app, 'GET', '/things')).body).toEqual({ actor: 'admin:developer', owner: null });
    expect((await ask(app, 'DELETE', '/things')).status).toBe(200);
    expect((await ask(app, 'GET', '/things', 'Bearer a.b.c')).status).toBe(401);
    await app.close();
  });

  it('knows those who show credentials', async () => {
    const app = await serviceWith(load({ LOG_LEVEL: 'fatal', AUTHENTICATION: 'open', AUTH_API_KEYS: KEYS.join() }));
    expect((await ask(app, 'GET', '/things')).body).toMatchObject({ actor: 'admin:developer' });
    expect((await ask(app, 'GET', '/things', as('carl'))).status).toBe(403);
    await app.close();
  });
});

describe('a route that nobody has said anything about', () => {
  it('keeps the service from starting', async () => {
    const start = createService({ name: 'order-service', module: ForgetfulModule, config: closed });
    await expect(start).rejects.toThrow(StartupError);
    await expect(start).rejects.toThrow('GET /forgotten/:id');
  });

  it('is found among the others', async () => {
    const app = await serviceWith(closed);
    const rules = Object.fromEntries(accessRules(app).map(({ route, access }) => [route, access]));
    expect(rules).toMatchObject({
      'GET /things': ['support', 'operator'],
      'GET /things/open': 'public',
      'DELETE /things': ['admin'],
      'GET /health': 'public',
    });
    await app.close();
  });
});

describe('variables that say nothing clear', () => {
  it.each([
    [{ AUTHENTICATION: 'required' }, 'AUTH_ISSUER'],
    [{ AUTH_ISSUER: 'x' }, 'AUTH_JWKS_URL'],
    [{ AUTH_JWKS_URL: 'https://issuer.example.test/jwks' }, 'AUTH_ISSUER'],
    [{ AUTH_ISSUER: 'x', AUTH_JWKS_URL: 'https://issuer.example.test/jwks', AUTH_JWKS_FILE: '/x' }, 'AUTH_JWKS_FILE'],
    [{ AUTH_API_KEYS: 'carl' }, 'AUTH_API_KEYS'],
    [{ AUTH_API_KEYS: `carl:emperor:${'0'.repeat(64)}` }, 'AUTH_API_KEYS'],
  ])('stop the start: %j', (env, variable) => {
    expect(() => load(env)).toThrow(variable);
  });

  it('never show a key', () => {
    expect(() => load({ AUTH_API_KEYS: 'carl:customer:secret' })).toThrow(
      expect.not.stringContaining('secret') as Error,
    );
  });
});

describe('whose objects are shown', () => {
  const customer: Caller = { subject: 'carl', roles: new Set(['customer']), isAnonymous: false };
  const both: Caller = { subject: 'olga', roles: new Set(['customer', 'support']), isAnonymous: false };

  it('are the own ones, or those asked for', () => {
    expect([userShownTo(customer, undefined), userShownTo(customer, 'carl')]).toEqual(['carl', 'carl']);
    expect([userShownTo(both, undefined), userShownTo(both, 'carl')]).toEqual([undefined, 'carl']);
    expect(() => userShownTo(customer, 'olga')).toThrow('their own user');
  });
});
