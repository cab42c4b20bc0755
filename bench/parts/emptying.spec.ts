import { emptying } from './emptying';

/** A thousand that wait, and all go within `inMs`, `afterMs` from now on. */
function backlog(afterMs: number, inMs: number): () => Promise<number> {
  const begin = performance.now();
  return () => {
    const share = (performance.now() - begin - afterMs) / inMs;
    return Promise.resolve(Math.round(1_000 * (1 - Math.min(1, Math.max(0, share)))));
  };
}

describe('how fast a backlog is emptied', () => {
  it('does not count the time before the first is gone', async () => {
    const { perSecond } = await emptying(backlog(900, 1_000));
    expect(perSecond).toBeGreaterThan(700);
    expect(perSecond).toBeLessThan(1_100);
  });

  it('is nothing when there was none', async () => {
    expect(await emptying(() => Promise.resolve(0))).toEqual({ perSecond: 0 });
  });
});
