import { jest } from '@jest/globals';
import { unlessAborted, withinTime } from './within-time';

const TIME = { timeoutMs: 100, graceMs: 20, timeUp: () => new Error('time is up') };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A call that ends as it is told by `resolve` and `reject`. */
function aCall() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  const call = (given: AbortSignal): Promise<string> => {
    signal = given;
    return promise;
  };
  return { call, resolve, reject, isAborted: () => signal?.aborted, reason: () => signal?.reason as unknown };
}

async function outcomeOf(work: Promise<string>, ms: number): Promise<string> {
  const ended = work.catch((error: unknown) => (error as Error).message);
  await jest.advanceTimersByTimeAsync(ms);
  return Promise.race([ended, Promise.resolve('still waiting')]);
}

describe('a call with a time-out', () => {
  it('gives its own answer, or its own error, and leaves no timer behind', async () => {
    const { call, resolve } = aCall();
    const work = withinTime(call, TIME);
    resolve('pong');
    await expect(work).resolves.toBe('pong');
    await expect(withinTime(() => Promise.reject(new Error('refused')), TIME)).rejects.toThrow('refused');
    const broken = (): Promise<string> => {
      throw new TypeError('it is broken');
    };
    await expect(withinTime(broken, TIME)).rejects.toThrow('it is broken');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is told to end when its time is up, and not before', async () => {
    const { call, isAborted, reason } = aCall();
    const work = withinTime(call, TIME);
    expect(await outcomeOf(work, 99)).toBe('still waiting');
    expect(isAborted()).toBe(false);
    expect(await outcomeOf(work, 1)).toBe('still waiting');
    expect(isAborted()).toBe(true);
    expect(reason()).toMatchObject({ message: 'time is up' });
    expect(await outcomeOf(work, 21)).toBe('time is up');
  });

  it('may say how it ended in the moment of grace', async () => {
    const { call, reject } = aCall();
    const work = withinTime(call, TIME);
    expect(await outcomeOf(work, 110)).toBe('still waiting');
    reject(new Error('the connection was cut'));
    expect(await outcomeOf(work, 0)).toBe('the connection was cut');
  });

  it('has no word of its own without grace', async () => {
    const work = withinTime(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('own word')))),
      { ...TIME, graceMs: 0 },
    );
    expect(await outcomeOf(work as Promise<string>, 100)).toBe('time is up');
  });

  it.each(['before', 'during'])('is told to end when its caller gives up %s it', async (when) => {
    const caller = new AbortController();
    const { call, isAborted } = aCall();
    if (when === 'before') caller.abort();
    const outer = { signal: caller.signal, givenUp: () => new Error('given up') };
    const work = withinTime(call, { ...TIME, outer });
    caller.abort();
    expect(isAborted()).toBe(true);
    expect(await outcomeOf(work, 21)).toBe('given up');
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('work that cannot be told to end', () => {
  const reason = (): Error => new Error('given up');

  it('is waited for until the signal aborts', async () => {
    const caller = new AbortController();
    const { promise } = Promise.withResolvers<string>();
    const work = unlessAborted(promise, caller.signal, reason);
    expect(await outcomeOf(work, 1_000)).toBe('still waiting');
    caller.abort();
    expect(await outcomeOf(work, 0)).toBe('given up');
    await expect(unlessAborted(promise, caller.signal, reason)).rejects.toThrow('given up');
  });

  it('gives its answer, or its own error', async () => {
    const { signal } = new AbortController();
    await expect(unlessAborted(Promise.resolve('pong'), signal, reason)).resolves.toBe('pong');
    await expect(unlessAborted(Promise.reject(new Error('refused')), signal, reason)).rejects.toThrow('refused');
  });
});
