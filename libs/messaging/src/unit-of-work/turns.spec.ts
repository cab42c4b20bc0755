import { Turns } from './turns';

/** Work that ends when the test says so. */
function openWork() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<string>();
  const work = (): Promise<string> => {
    begun.resolve();
    return end.promise;
  };
  return { work, begun: begun.promise, end };
}

describe('callers with the same key', () => {
  it('work one after the other, in the order they came, also when one fails', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const first = openWork();
    const outcomes = Promise.allSettled([
      turns.take('a', first.work).finally(() => done.push('first')),
      turns.take('a', () => Promise.reject(new Error('no'))).finally(() => done.push('second')),
      turns.take('a', () => Promise.resolve('third')).finally(() => done.push('third')),
    ]);
    await first.begun;
    expect(done).toEqual([]);
    first.end.resolve('first');
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('are refused when their turn does not come in time, and do not work later', async () => {
    const turns = new Turns(20);
    const first = openWork();
    const working = turns.take('a', first.work);
    let worked = false;
    const late = turns.take('a', () => Promise.resolve((worked = true)));
    await expect(late).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 1 });
    first.end.resolve('first');
    await working;
    expect(await turns.take('a', () => Promise.resolve('next'))).toBe('next');
    expect(worked).toBe(false);
  });
});

describe('callers with other keys', () => {
  it('do not wait', async () => {
    const turns = new Turns();
    const slow = openWork();
    const working = turns.take('a', slow.work);
    expect(await turns.take('b', () => Promise.resolve('at once'))).toBe('at once');
    slow.end.resolve('a');
    expect(await working).toBe('a');
  });
});
