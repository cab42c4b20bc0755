import fc from 'fast-check';
import { bisect } from './bisect';

const isTheirs = (error: unknown): boolean => !(error instanceof RangeError);

/** Does items together unless one of them is bad. */
async function work(items: readonly number[], isBad: (item: number) => boolean) {
  const tries: number[][] = [];
  const done: number[] = [];
  const alone: number[] = [];
  await bisect(items, {
    together: async (some) => {
      tries.push([...some]);
      if (some.some(isBad)) throw new Error('one of them is bad');
      done.push(...some);
    },
    alone: (item) => void alone.push(item),
    isTheirs,
  });
  return { tries, done, alone };
}

describe('a set of items that is done together', () => {
  it('is tried once when nothing fails, and not at all when it is empty', async () => {
    expect((await work([1, 2, 3], () => false)).tries).toEqual([[1, 2, 3]]);
    expect((await work([], () => true)).tries).toEqual([]);
  });

  it('is halved until the item that makes it fail stands alone', async () => {
    const { tries, done, alone } = await work([1, 2, 3, 4, 5], (item) => item === 4);
    expect(tries).toEqual([[1, 2, 3, 4, 5], [1, 2, 3], [4, 5], [4], [5]]);
    expect({ done, alone }).toEqual({ done: [1, 2, 3, 5], alone: [4] });
  });

  it('is done but for the bad ones, each once and in order, whichever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (bad) => {
        const items = bad.map((_, index) => index);
        const { done, alone, tries } = await work(items, (item) => bad[item] === true);
        expect(done).toEqual(items.filter((item) => bad[item] === false));
        expect(alone).toEqual(items.filter((item) => bad[item] === true));
        expect(tries.length).toBeLessThanOrEqual(1 + 2 * alone.length * Math.ceil(Math.log2(items.length + 1)));
      }),
    );
  });

  it('is not halved for what is not the fault of any of them', async () => {
    let tries = 0;
    const outage = bisect([1, 2, 3, 4], {
      together: async () => {
        tries += 1;
        throw new RangeError('the database is down');
      },
      alone: () => undefined,
      isTheirs,
    });
    await expect(outage).rejects.toThrow('the database is down');
    expect(tries).toBe(1);
  });

  it('is halved without those that are done although the others failed', async () => {
    const done = new Set<number>([1, 2]);
    const tries: number[][] = [];
    const alone: number[] = [];
    await bisect([1, 2, 3, 4], {
      together: async (some) => {
        tries.push([...some]);
        throw new Error('bad');
      },
      alone: (item) => void alone.push(item),
      isTheirs,
      left: (items) => items.filter((item) => !done.has(item)),
    });
    expect(tries).toEqual([[1, 2, 3, 4], [3], [4]]);
    expect(alone).toEqual([3, 4]);
  });
});
