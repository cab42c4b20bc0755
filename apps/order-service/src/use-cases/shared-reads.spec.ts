import { SharedReads } from './shared-reads';

/** A table whose answers come when the test says so. */
class SlowTable {
  readonly reads: PromiseWithResolvers<string>[] = [];

  readonly load = (): Promise<string> => {
    const read = Promise.withResolvers<string>();
    this.reads.push(read);
    return read.promise;
  };

  answer(index: number, value: string): void {
    this.reads[index]?.resolve(value);
  }
}

/** What is ready has run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let table: SlowTable;
let shared: SharedReads<string>;
beforeEach(() => {
  table = new SlowTable();
  shared = new SharedReads();
});

describe('readers of one order', () => {
  it('who ask together share one read', async () => {
    const since = performance.now();
    const answers = Array.from({ length: 500 }, () => shared.read('o', since, table.load));
    table.answer(0, 'confirmed');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['confirmed']));
    expect(table.reads).toHaveLength(1);
  });

  it('who learnt of a change get no answer of a read that began before it', async () => {
    const early = shared.read('o', performance.now(), table.load);
    const changed = performance.now();
    const late = [shared.read('o', changed, table.load), shared.read('o', changed, table.load)];
    table.answer(0, 'pending');
    await early;
    await turn();
    table.answer(1, 'confirmed');
    expect(await Promise.all([early, ...late])).toEqual(['pending', 'confirmed', 'confirmed']);
    expect(table.reads).toHaveLength(2);
  });

  it('share no read that has ended, nor one of another order', async () => {
    const since = performance.now();
    const first = shared.read('o', since, table.load);
    const other = shared.read('p', since, table.load);
    table.answer(0, 'a');
    table.answer(1, 'b');
    expect(await Promise.all([first, other])).toEqual(['a', 'b']);
    const next = shared.read('o', since, table.load);
    table.answer(2, 'c');
    expect(await next).toBe('c');
  });

  it('all learn when it fails, and the next one reads again', async () => {
    const since = performance.now();
    const answers = [shared.read('o', since, table.load), shared.read('o', since, table.load)];
    table.reads[0]?.reject(new Error('away'));
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = shared.read('o', since, table.load);
    table.answer(1, 'a');
    expect(await next).toBe('a');
  });

  it('are never served by more than one read at a time', async () => {
    const answers = Array.from({ length: 300 }, () => shared.read('o', performance.now(), table.load));
    expect(table.reads).toHaveLength(1);
    table.reads[0]?.reject(new Error('away'));
    await expect(answers[0]).rejects.toThrow('away');
    await turn();
    expect(table.reads).toHaveLength(2);
    table.answer(1, 'a');
    expect(new Set(await Promise.all(answers.slice(1)))).toEqual(new Set(['a']));
    expect(table.reads).toHaveLength(2);
  });
});
