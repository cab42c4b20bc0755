import { Pace } from './pace';

/** The pauses after batches that took `tookMs`, one every `everyMs`, for three seconds. */
function pauses(tookMs: number, everyMs: number, idleMs = 0): number[] {
  let now = 0;
  const pace = new Pace({ idleMs, busyMs: 60 }, () => now);
  return Array.from({ length: 3_000 / everyMs }, () => {
    now += everyMs;
    return pace.pauseAfter(tookMs);
  });
}

/** The pauses of a worker that begins its next batch as soon as it may, for ten seconds. */
function ownPauses(tookMs: number): number[] {
  let now = 0;
  const pace = new Pace({ idleMs: 0, busyMs: 60 }, () => now);
  const seen: number[] = [];
  while (now < 10_000) {
    now += tookMs;
    seen.push(pace.pauseAfter(tookMs));
    now += seen.at(-1)!;
  }
  return seen;
}

describe('the time to let work gather', () => {
  it('is nothing on an idle system, also after a batch that took long for once', () => {
    expect(Math.max(...pauses(5, 100))).toBe(0);
    expect(Math.max(...pauses(60, 1_000))).toBe(0);
  });

  it('is what nobody minds on an idle system whose work nobody waits for', () => {
    expect(new Set(pauses(5, 100, 40))).toEqual(new Set([40]));
    expect(pauses(60, 100, 40).at(-1)).toBe(60);
  });

  it('is all there is when most of the time goes into batches, small and large', () => {
    expect(pauses(3, 5).at(-1)).toBe(60);
    expect(pauses(120, 200).at(-1)).toBe(60);
  });

  it('grows with the share of the time that is spent', () => {
    const [some, more] = [pauses(5, 25).at(-1)!, pauses(9, 25).at(-1)!];
    expect(some).toBeGreaterThan(5);
    expect(more).toBeGreaterThan(some + 10);
    expect(more).toBeLessThan(60);
  });

  it('finds its balance: the longer a batch takes, the more gathers for the next', () => {
    const [fast, slow] = [ownPauses(2), ownPauses(20)].map((seen) => seen.slice(-5));
    expect(Math.max(...fast!) - Math.min(...fast!)).toBeLessThan(2);
    expect(Math.max(...fast!)).toBeLessThan(15);
    expect(Math.min(...slow!)).toBeGreaterThan(25);
    expect(Math.max(...slow!)).toBeLessThan(60);
  });

  it('is forgotten when the load is over', () => {
    let now = 0;
    const pace = new Pace({ idleMs: 0, busyMs: 60 }, () => now);
    expect(pace.pauseAfter(5_000)).toBe(60);
    now += 5_000;
    expect(pace.pauseAfter(1)).toBe(0);
  });
});
