import { GroupCommit, Overloaded, type Settled } from './group-commit';

const fulfilled = (inputs: readonly string[]): Settled<string>[] =>
  inputs.map((input) => ({ status: 'fulfilled', value: input }));

describe('an input behind a group that takes long', () => {
  it('is told that it waited too long, and never joins a group', async () => {
    const committed: string[] = [];
    const first = Promise.withResolvers<void>();
    let now = 0;
    const group = new GroupCommit<string, string>(
      async (inputs) => {
        committed.push(...inputs);
        if (inputs.includes('first')) await first.promise;
        return fulfilled(inputs);
      },
      { maxGroup: 10, maxWaiting: 10, maxWaitMs: 5 },
      () => now,
    );
    const started = group.submit('first');
    await new Promise((resolve) => setImmediate(resolve));
    const late = group.submit('late');
    now = 6;
    first.resolve();
    await expect(started).resolves.toBe('first');
    await expect(late).rejects.toThrow(Overloaded);
    expect(committed).toEqual(['first']);
    await expect(group.submit('next')).resolves.toBe('next');
  });
});
