import { jest } from '@jest/globals';
import { Patience } from './patience';

describe('patience with a dependency', () => {
  const changes: boolean[] = [];
  const hanging = () => new Promise<string>(() => undefined);
  const answering = () => Promise.resolve('pong');
  let patience: Patience;

  beforeEach(() => {
    jest.useFakeTimers();
    changes.length = 0;
    patience = new Patience({ timeoutMs: 30, pauseMs: 1_000, onChange: (healthy) => changes.push(healthy) });
  });
  afterEach(() => jest.useRealTimers());

  async function attempt(operation: () => Promise<string>) {
    const attempt = patience.attempt(operation);
    await jest.advanceTimersByTimeAsync(31);
    return attempt;
  }

  it('returns an answer that comes in time', async () => {
    expect(await attempt(answering)).toEqual({ ok: true, value: 'pong' });
  });

  it('turns a rejection into a failed attempt without a pause', async () => {
    expect(await attempt(() => Promise.reject(new Error('gone')))).toEqual({ ok: false });
    expect(await attempt(answering)).toEqual({ ok: true, value: 'pong' });
    expect(changes).toEqual([false, true]);
  });

  it('is over after the time-out, and asks nothing for a second', async () => {
    expect(await attempt(hanging)).toEqual({ ok: false });
    expect(await attempt(answering)).toEqual({ ok: false });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await attempt(answering)).toEqual({ ok: true, value: 'pong' });
    expect(changes).toEqual([false, true]);
  });

  it('lets one caller at a time find out whether the dependency is back', async () => {
    await attempt(hanging);
    await jest.advanceTimersByTimeAsync(1_000);
    const scout = patience.attempt(hanging);
    expect(await patience.attempt(answering)).toEqual({ ok: false });
    await jest.advanceTimersByTimeAsync(31);
    expect(await scout).toEqual({ ok: false });
    expect(patience.consecutiveTimeouts).toBe(2);
  });
});
