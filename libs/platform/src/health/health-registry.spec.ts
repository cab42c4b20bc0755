import { jest } from '@jest/globals';
import { HealthIndicator, type HealthResult } from './health-indicator';
import { HealthRegistry } from './health-registry';

class Probe extends HealthIndicator {
  readonly required = true;
  calls = 0;
  aborted = false;

  constructor(
    readonly name: string,
    private readonly answer: () => Promise<HealthResult>,
    override readonly scope: 'liveness' | 'readiness' = 'readiness',
  ) {
    super();
  }

  check(signal: AbortSignal): Promise<HealthResult> {
    this.calls += 1;
    signal.addEventListener('abort', () => (this.aborted = true));
    return this.answer();
  }
}

const up = () => Promise.resolve({ status: 'up' } as const);

describe('the health of dependencies', () => {
  let registry: HealthRegistry;
  beforeEach(() => {
    jest.useFakeTimers();
    registry = new HealthRegistry();
  });
  afterEach(() => jest.useRealTimers());

  it('is asked once for many probes within half a second', async () => {
    const probe = new Probe('postgresql', up);
    registry.register(probe);
    await Promise.all([registry.check(), registry.check(), registry.check('readiness')]);
    await registry.check();
    expect(probe.calls).toBe(1);
    await jest.advanceTimersByTimeAsync(501);
    expect(await registry.check()).toMatchObject([{ name: 'postgresql', status: 'up', required: true }]);
    expect(probe.calls).toBe(2);
  });

  it('is down when there is no answer within a second', async () => {
    const probe = new Probe('kafka', () => new Promise(() => undefined));
    registry.register(probe);
    const check = registry.check();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await check).toMatchObject([
      { status: 'down', details: { reason: expect.stringMatching(/^no answer in time: it may be/) } },
    ]);
    expect(probe.aborted).toBe(true);
  });

  it.each([
    ['28P01', /^it rejected the log-in: check user, password and privileges$/],
    ['X', /^the check failed unexpectedly: the log of this service has the error$/],
  ])('is down when the check fails, and tells why and what to do, but no more: %s', async (code, reason) => {
    const error = Object.assign(new Error('password hunter2 is wrong at 10.0.0.7'), { code });
    registry.register(new Probe('kafka', () => Promise.reject(error)));
    expect(await registry.check()).toMatchObject([
      { status: 'down', details: { reason: expect.stringMatching(reason) as string } },
    ]);
  });

  it('is separate from the liveness of the process', async () => {
    const [database, loop] = [new Probe('postgresql', up), new Probe('consumer', up, 'liveness')];
    registry.register(database);
    registry.register(loop);
    expect((await registry.check('liveness')).map(({ name }) => name)).toEqual(['consumer']);
    expect(database.calls).toBe(0);
  });

  it('cannot be registered twice under one name', () => {
    registry.register(new Probe('redis', up));
    expect(() => registry.register(new Probe('redis', up))).toThrow('registered twice');
  });
});
