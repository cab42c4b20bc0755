import { Module, type Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService } from '../bootstrap';
import { commonConfig } from '../config/common-config';
import { defineConfig } from '../config/define-config';
import { Lifecycle } from '../lifecycle';
import { HealthIndicator, type HealthResult } from './health-indicator';

class Dependency extends HealthIndicator {
  constructor(
    readonly name: string,
    readonly required: boolean,
    private readonly status: HealthResult['status'],
    override readonly scope: 'liveness' | 'readiness' = 'readiness',
  ) {
    super();
  }

  check(): Promise<HealthResult> {
    return Promise.resolve({ status: this.status });
  }
}

@Module({})
class DependentModule {}

const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({ LOG_LEVEL: 'fatal' });
let app: NestFastifyApplication;

async function probes(dependencies: readonly Dependency[], ready = true, more: readonly Provider[] = []) {
  const own = dependencies.map((dependency) => ({ provide: dependency.name, useValue: dependency }));
  const providers = [...own, ...more];
  app = await createService({ name: 'order-service', module: { module: DependentModule, providers }, config });
  await app.init();
  if (ready) app.get(Lifecycle).markReady();
  return read();
}

async function read() {
  const answers = await Promise.all(['/health', '/health/live', '/health/ready'].map((url) => app.inject(url)));
  return {
    codes: answers.map(({ statusCode }) => statusCode),
    statuses: answers.map((answer) => answer.json<{ status: string }>().status),
    summary: answers[0]?.json<Record<string, unknown>>(),
  };
}

afterEach(() => app.close());

describe('a service', () => {
  it('is up while everything is', async () => {
    const { codes, statuses, summary } = await probes([new Dependency('postgresql', true, 'up')]);
    expect([codes, statuses]).toEqual([
      [200, 200, 200],
      ['up', 'up', 'up'],
    ]);
    expect(summary).toMatchObject({
      service: 'order-service',
      version: 'dev',
      state: 'ready',
      dependencies: { postgresql: { status: 'up', required: true, latency_ms: expect.any(Number) } },
    });
  });

  it('shows what two names stand for once', async () => {
    const redis = new Dependency('redis', false, 'up');
    const { summary } = await probes([redis], true, [{ provide: Dependency, useExisting: redis.name }]);
    expect(Object.keys(summary?.['dependencies'] ?? {})).toEqual(['redis']);
  });

  it('is degraded, but serves, while something dispensable is down', async () => {
    const { codes, statuses } = await probes([new Dependency('redis', false, 'down')]);
    expect([codes, statuses]).toEqual([
      [200, 200, 200],
      ['degraded', 'up', 'degraded'],
    ]);
  });

  it('is down, but need not be restarted, while something required is down', async () => {
    const { codes, statuses } = await probes([new Dependency('postgresql', true, 'down')]);
    expect([codes, statuses]).toEqual([
      [503, 200, 503],
      ['down', 'up', 'down'],
    ]);
  });

  it.each([
    ['a required dependency is down', new Dependency('postgresql', true, 'down')],
    ['a dispensable one is down', new Dependency('redis', false, 'down')],
    ['it is itself what is broken', new Dependency('consumer', true, 'down', 'liveness')],
    ['all is well', new Dependency('postgresql', true, 'up')],
  ])('is ready in its summary exactly when its readiness says so: %s', async (_, dependency) => {
    for (const ready of [false, true]) {
      if (ready) app.get(Lifecycle).markReady();
      const { codes, summary } = ready ? await read() : await probes([dependency], false);
      expect(summary?.['state'] === 'ready').toBe(codes[2] === 200);
    }
    await app.get(Lifecycle).drain();
    expect((await read()).summary).toMatchObject({ state: 'draining' });
  });

  it('says that it would be ready but for what it needs', async () => {
    const { summary } = await probes([new Dependency('postgresql', true, 'down')]);
    expect(summary).toMatchObject({ status: 'down', state: 'unready' });
    expect((await app.inject('/health/ready')).json()).toMatchObject({ status: 'down', state: 'unready' });
  });

  it('asks for a restart when it is itself what is broken', async () => {
    const { codes } = await probes([new Dependency('consumer', true, 'down', 'liveness')]);
    expect(codes).toEqual([503, 503, 200]);
  });

  it('wants no requests while it starts or drains, without being down', async () => {
    expect((await probes([], false)).codes).toEqual([200, 200, 503]);
    app.get(Lifecycle).markReady();
    expect((await read()).codes).toEqual([200, 200, 200]);
    await app.get(Lifecycle).drain();
    expect((await read()).codes).toEqual([200, 200, 503]);
  });
});
