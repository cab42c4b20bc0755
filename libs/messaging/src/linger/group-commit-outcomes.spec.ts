import { GroupCommit, Overloaded, type Settled } from './group-commit';

/** A commit that ends when the test says so, and remembers its groups. */
function setUp(limits: Partial<{ maxGroup: number; maxWaiting: number; concurrency: number }> = {}) {
  const groups: number[][] = [];
  const open: ((outcomes?: Settled<string>[] | Error) => void)[] = [];
  const commit = (inputs: readonly number[]): Promise<readonly Settled<string>[]> => {
    groups.push([...inputs]);
    const end = Promise.withResolvers<readonly Settled<string>[]>();
    open.push((outcomes) => {
      if (outcomes instanceof Error) end.reject(outcomes);
      else end.resolve(outcomes ?? inputs.map((input) => ({ status: 'fulfilled', value: `done ${input}` })));
    });
    return end.promise;
  };
  return { group: new GroupCommit(commit, { maxGroup: 3, maxWaiting: 5, ...limits }), groups, open };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('inputs that arrive together', () => {
  it('share a group, and those that arrive meanwhile the next ones, of a bounded size', async () => {
    const { group, groups, open } = setUp();
    const first = [group.submit(1), group.submit(2)];
    await turn();
    const rest = [3, 4, 5, 6].map((input) => group.submit(input));
    await turn();
    expect(groups).toEqual([[1, 2]]);
    open[0]?.();
    expect(await Promise.all(first)).toEqual(['done 1', 'done 2']);
    await turn();
    open[1]?.();
    await turn();
    open[2]?.();
    expect(await Promise.all(rest)).toEqual(['done 3', 'done 4', 'done 5', 'done 6']);
    expect(groups).toEqual([[1, 2], [3, 4, 5], [6]]);
  });

  it('are told their own outcome each', async () => {
    const { group, open } = setUp();
    const answers = Promise.allSettled([group.submit(1), group.submit(2), group.submit(3)]);
    await turn();
    const refused = new Error('not you');
    open[0]?.([
      { status: 'fulfilled', value: 'yes' },
      { status: 'rejected', reason: refused },
    ]);
    expect(await answers).toEqual([
      { status: 'fulfilled', value: 'yes' },
      { status: 'rejected', reason: refused },
      { status: 'rejected', reason: expect.any(TypeError) },
    ]);
  });

  it('are all told when their group fails, and the next group goes on', async () => {
    const { group, open } = setUp({ maxGroup: 2 });
    const answers = Promise.allSettled([group.submit(1), group.submit(2), group.submit(3)]);
    await turn();
    open[0]?.(new Error('down'));
    await turn();
    open[1]?.();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});

it('an input beyond the bound of those waiting is refused at once', async () => {
  const { group, open } = setUp({ maxWaiting: 2 });
  const waiting = [group.submit(1), group.submit(2)];
  await expect(group.submit(3)).rejects.toThrow(Overloaded);
  await turn();
  open[0]?.();
  await Promise.all(waiting);
});

it('no more groups are in progress than allowed', async () => {
  const { group, groups, open } = setUp({ maxGroup: 1, concurrency: 2 });
  const answers = [1, 2, 3].map((input) => group.submit(input));
  await turn();
  expect(groups).toEqual([[1], [2]]);
  open[1]?.();
  await turn();
  expect(groups).toEqual([[1], [2], [3]]);
  open[0]?.();
  open[2]?.();
  await Promise.all(answers);
});

it('is drained when nothing waits and nothing is in progress, and not before', async () => {
  const { group, open } = setUp();
  await group.drained();
  const answer = group.submit(1);
  let drained = false;
  const draining = group.drained().then(() => (drained = true));
  await turn();
  expect(drained).toBe(false);
  open[0]?.();
  await Promise.all([answer, draining]);
});
