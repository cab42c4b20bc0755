import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { BreakerHealthIndicator } from './breaker.health-indicator';
import { CallNotAnswered, CallNotMade } from './breaker-errors';
import { CircuitBreaker, type BreakerOptions } from './circuit-breaker';
import { CircuitBreakers } from './circuit-breakers';

class Refusal extends Error {}

const OPTIONS: BreakerOptions = {
  name: 'dependency',
  timeoutMs: 100,
  graceMs: 0,
  maxConcurrent: 50,
  failuresInARow: 5,
  resetMs: 1_000,
  isFailure: (error) => !(error instanceof Refusal),
};

const answering = () => Promise.resolve('pong');
const failing = () => Promise.reject(new Error('connection refused'));
const refusing = () => Promise.reject(new Refusal('no such card'));
const hanging = () => new Promise<string>(() => undefined);

let breaker: CircuitBreaker;

beforeEach(() => {
  Logger.overrideLogger(false);
  jest.useFakeTimers();
  breaker = new CircuitBreaker(OPTIONS);
});
afterEach(() => jest.useRealTimers());

/** How a call ended, once every timer of the next `ms` milliseconds has fired. */
async function outcome(call: () => Promise<string>, ms = 0): Promise<string> {
  const ended = breaker.run(call).catch((error: Error) => error.constructor.name);
  await jest.advanceTimersByTimeAsync(ms);
  return ended;
}

async function fail(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) expect(await outcome(failing)).toBe('Error');
}

describe('a dependency that works', () => {
  it('is called, and its answer or its own error is passed on', async () => {
    expect(await outcome(answering)).toBe('pong');
    expect(await outcome(refusing)).toBe('Refusal');
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', succeeded: 2, failed: 0, in_progress: 0 });
  });

  it('is not believed to be out because of single failures', async () => {
    for (let round = 0; round < 50; round += 1) {
      await fail(1);
      await outcome(answering);
    }
    expect(breaker.state).toBe('closed');
  });

  it('may refuse as often as it likes: a refusal is an answer', async () => {
    for (let round = 0; round < 100; round += 1) await outcome(refusing);
    expect(breaker.state).toBe('closed');
  });
});

describe('a dependency that fails', () => {
  it('is called no more after some failures in a row, however well it went before', async () => {
    for (let round = 0; round < 1_000; round += 1) await breaker.run(answering);
    await fail(5);
    expect(await outcome(answering)).toBe('CallNotMade');
    expect(breaker.capacity(10)).toBe(0);
    expect(breaker.snapshot()).toMatchObject({ state: 'open', failed: 5, rejected: 1, opened: 1 });
  });

  it('is called no more when most calls fail, though none in a row', async () => {
    const patient = new CircuitBreaker({ ...OPTIONS, failuresInARow: 1_000 });
    const call = (n: number) => patient.run(n % 4 === 0 ? answering : failing).catch(() => undefined);
    for (let n = 0; n < 40; n += 1) await call(n);
    expect(patient.state).toBe('open');
  });

  it('gets one probe after a while, and nobody else is let through until it has ended', async () => {
    await fail(5);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(breaker.state).toBe('half_open');
    expect(breaker.capacity(10)).toBe(1);
    const probe = Promise.withResolvers<string>();
    const probing = breaker.run(() => probe.promise);
    expect(breaker.capacity(10)).toBe(0);
    expect(await outcome(answering)).toBe('CallNotMade');
    probe.resolve('pong');
    await probing;
    expect(breaker.state).toBe('closed');
    expect(breaker.capacity(10)).toBe(10);
  });

  it('is left alone again when the probe fails, hangs included, and it is still one outage', async () => {
    await fail(5);
    for (const probe of [failing, hanging]) {
      await jest.advanceTimersByTimeAsync(1_000);
      await outcome(probe, 105);
      expect(breaker.state).toBe('open');
    }
    expect(breaker.snapshot().opened).toBe(1);
  });

  it('is back as soon as the probe gets any answer', async () => {
    await fail(5);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await outcome(refusing)).toBe('Refusal');
    expect(breaker.state).toBe('closed');
  });
});

describe('a call', () => {
  it('that does not end is told to, and given up', async () => {
    let told: unknown;
    const ended = breaker.run((signal) => {
      signal.addEventListener('abort', () => (told = signal.reason as unknown));
      return hanging();
    });
    const checked = expect(ended).rejects.toThrow(CallNotAnswered);
    await jest.advanceTimersByTimeAsync(105);
    await checked;
    expect(told).toBeInstanceOf(CallNotAnswered);
    expect(breaker.snapshot()).toMatchObject({ failed: 1, timed_out: 1, in_progress: 0 });
  });

  it('may say itself why it ended when it was told to', async () => {
    const polite = new CircuitBreaker({ ...OPTIONS, graceMs: 50 });
    const ended = polite.run(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Refusal('closing')))),
    );
    const checked = expect(ended).rejects.toThrow(Refusal);
    await jest.advanceTimersByTimeAsync(105);
    await checked;
  });

  it('ends when its caller gives up', async () => {
    const caller = new AbortController();
    const checked = expect(breaker.run(hanging, caller.signal)).rejects.toThrow(CallNotAnswered);
    caller.abort();
    await jest.advanceTimersByTimeAsync(5);
    await checked;
  });

  it('beyond the bound is not made, and is no failure of the dependency', async () => {
    const full = Array.from({ length: 50 }, () => breaker.run(hanging).catch(() => undefined));
    await expect(breaker.run(answering)).rejects.toThrow(CallNotMade);
    expect(breaker.snapshot()).toMatchObject({ in_progress: 50, overloaded: 1, failed: 0, state: 'closed' });
    await jest.advanceTimersByTimeAsync(105);
    await Promise.all(full);
    expect(breaker.snapshot().in_progress).toBe(0);
  });

  it('that hangs may be enough to leave the dependency alone', async () => {
    breaker = new CircuitBreaker({ ...OPTIONS, timeoutsInARow: 1 });
    await fail(4);
    expect(breaker.state).toBe('closed');
    expect(await outcome(hanging, 105)).toBe('CallNotAnswered');
    expect(breaker.state).toBe('open');
    expect(breaker.consecutiveTimeouts).toBe(1);
  });
});

describe('the breakers of a process', () => {
  it('are listed with state and counters, each name once', async () => {
    const breakers = new CircuitBreakers();
    breakers.create(OPTIONS);
    breakers.create({ ...OPTIONS, name: 'other' });
    expect(() => breakers.create(OPTIONS)).toThrow('made twice');
    expect(breakers.snapshot().map(({ name, state }) => [name, state])).toEqual([
      ['dependency', 'closed'],
      ['other', 'closed'],
    ]);
  });

  it('are shown on the health page, with the time of their last change', async () => {
    const indicator = new BreakerHealthIndicator(breaker);
    expect(await indicator.check()).toMatchObject({ status: 'up', details: { breaker: { state: 'closed' } } });
    await jest.advanceTimersByTimeAsync(5_000);
    await fail(5);
    const since = new Date().toISOString();
    expect(await indicator.check()).toMatchObject({ status: 'down', details: { breaker: { state: 'open', since } } });
  });
});
