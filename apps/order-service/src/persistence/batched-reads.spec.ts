import { BatchedReads } from './batched-reads';

/** A table whose answers come when the test says so. */
class SlowTable {
  readonly reads: {
    readonly keys: readonly string[];
    readonly answer: PromiseWithResolvers<ReadonlyMap<string, string>>;
  }[] = [];

  readonly load = (keys: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const answer = Promise.withResolvers<ReadonlyMap<string, string>>();
    this.reads.push({ keys, answer });
    return answer.promise;
  };

  /** Every key has this value. */
  answer(read: number, value: string): void {
    const { keys, answer } = this.reads[read] ?? { keys: [], answer: undefined };
    answer?.resolve(new Map(keys.map((key) => [key, value])));
  }
}

/** What is ready has run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

let table: SlowTable;
let reads: BatchedReads<string>;
beforeEach(() => {
  table = new SlowTable();
  reads = new BatchedReads(table.load, () => new Error('too many'));
});

const keysRead = (): number[] => table.reads.map(({ keys }) => keys.length);

describe('readers who ask at the same moment', () => {
  it('share one read', async () => {
    const answers = Array.from({ length: 500 }, (_, n) => reads.read(n % 2 === 0 ? 'o' : 'p'));
    await turn();
    table.answer(0, 'confirmed');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['confirmed']));
    expect(keysRead()).toEqual([2]);
  });

  it('are served by two reads at a time, of fifty keys each', async () => {
    const answers = Array.from({ length: 120 }, (_, n) => reads.read(`o${n}`));
    await turn();
    expect(keysRead()).toEqual([50, 50]);
    table.answer(1, 'b');
    await turn();
    expect(keysRead()).toEqual([50, 50, 20]);
    table.answer(0, 'a');
    table.answer(2, 'c');
    const values = await Promise.all(answers);
    expect([values[0], values[50], values[100]]).toEqual(['a', 'b', 'c']);
  });

  it('all learn when their read fails, and the next ones read again', async () => {
    const answers = [reads.read('o'), reads.read('o')];
    await turn();
    table.reads[0]?.answer.reject(new Error('away'));
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = reads.read('o');
    await turn();
    table.answer(1, 'a');
    expect(await next).toBe('a');
  });

  it('learn that there is nothing', async () => {
    const answer = reads.read('o');
    await turn();
    table.reads[0]?.answer.resolve(new Map());
    expect(await answer).toBeUndefined();
  });
});

describe('a reader who asks after a change', () => {
  it('gets no answer of a read that began before it', async () => {
    const early = reads.read('o');
    await turn();
    // Here the order is settled, and who waited for it is woken.
    const late = [reads.read('o'), reads.read('o')];
    await turn();
    table.answer(1, 'confirmed');
    table.answer(0, 'pending');
    expect(await Promise.all([early, ...late])).toEqual(['pending', 'confirmed', 'confirmed']);
    expect(keysRead()).toEqual([1, 1]);
  });
});

describe('readers whose table does not answer', () => {
  const busy = async (): Promise<void> => {
    for (let n = 0; n < 100; n += 1) void reads.read(`busy${n}`);
    await turn();
  };

  it('are refused after three seconds, and served again when it does', async () => {
    await busy();
    const begun = performance.now();
    await expect(reads.read('o')).rejects.toThrow('too many');
    expect(performance.now() - begun).toBeGreaterThan(2_900);
    expect(performance.now() - begun).toBeLessThan(4_500);
    const later = reads.read('o');
    table.answer(0, 'a');
    await turn();
    table.answer(2, 'b');
    expect(await later).toBe('b');
  }, 10_000);

  it('are refused at once when five thousand wait', async () => {
    await busy();
    const waiting = Array.from({ length: 5_000 }, (_, n) => reads.read(`o${n}`).catch(() => 'refused'));
    await expect(reads.read('one more')).rejects.toThrow('too many');
    expect(await Promise.race([...waiting, Promise.resolve('waits')])).toBe('waits');
  });
});
