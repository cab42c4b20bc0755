import { jest } from '@jest/globals';
import type { Chance } from '../chance';
import { repeatedly } from './repeatedly';

/** Always the same. */
const chance = (value: number): Chance => ({ next: () => value });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Begins with rounds that give the results one after the other, then nothing. */
function begin(results: readonly (number | Error)[] = [], random = 0.5) {
  const stopping = new AbortController();
  const pauses: number[] = [];
  const failures: unknown[] = [];
  let rounds = 0;
  let successes = 0;
  const ended = repeatedly(
    async () => {
      const result = results[rounds];
      rounds += 1;
      if (result instanceof Error) throw result;
      return result === undefined ? undefined : { nextInMs: result };
    },
    {
      everyMs: 1_000,
      stopping: stopping.signal,
      outage: { failed: (error) => void failures.push(error), ended: () => (successes += 1) },
      pause: async (ms) => {
        pauses.push(ms);
        if (pauses.length === 3) stopping.abort();
      },
      chance: chance(random),
    },
  );
  return { ended, pauses, failures, rounds: () => rounds, successes: () => successes };
}

describe('periodic work', () => {
  it('is done at once and then after each pause, until it is to stop', async () => {
    const { ended, pauses, rounds } = begin();
    await ended;
    expect(pauses).toEqual([1_000, 1_000, 1_000]);
    expect(rounds()).toBe(3);
  });

  it.each([
    [0, 750],
    [0.999, 1_249.5],
  ])('waits a quarter less or more, as chance wants it (%d)', async (random, pause) => {
    const { ended, pauses } = begin([], random);
    await ended;
    expect(pauses[0]).toBe(pause);
  });

  it('goes on after a round that fails, and tells of it', async () => {
    const failure = new Error('no database');
    const { ended, failures, rounds } = begin([0, failure]);
    await ended;
    expect(failures).toEqual([failure]);
    expect(rounds()).toBe(3);
  });

  it('waits as long as the round asks for', async () => {
    const { ended, pauses } = begin([20, new Error('no database')]);
    await ended;
    expect(pauses).toEqual([20, 1_000, 1_000]);
  });

  it('ends without a pause when it is to stop during a round, and begins none when it was to stop before', async () => {
    const stopping = new AbortController();
    let rounds = 0;
    const round = async (): Promise<void> => {
      rounds += 1;
      stopping.abort();
    };
    const how = {
      everyMs: 60_000,
      stopping: stopping.signal,
      outage: { failed: () => undefined, ended: () => undefined },
    };
    await repeatedly(round, how);
    await repeatedly(round, how);
    expect(rounds).toBe(1);
  });
});
