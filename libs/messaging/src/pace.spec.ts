import { Pace } from './pace';

/** The pauses after batches of `size` every `everyMs`, for three seconds. */
function pauses(size: number, everyMs: number, idleMs = 0): number[] {
  let now = 0;
  const pace = new Pace({ idleMs, busyMs: 60 }, () => now);
  return Array.from({ length: 3_000 / everyMs }, () => {
    now += everyMs;
    return pace.pauseAfter(size);
  });
}

describe('the time to let work gather', () => {
  it('is nothing on an idle system, also for a batch of several', () => {
    expect(Math.max(...pauses(1, 100))).toBe(0);
    expect(Math.max(...pauses(8, 1_000))).toBe(0);
  });

  it('is what nobody minds on an idle system whose work nobody waits for', () => {
    expect(new Set(pauses(1, 100, 40))).toEqual(new Set([40]));
    expect(pauses(1, 5, 40).at(-1)).toBe(60);
  });

  it('is all there is on a busy one, however small its batches are', () => {
    expect(pauses(1, 5).at(-1)).toBe(60);
    expect(pauses(20, 100).at(-1)).toBe(60);
  });

  it('grows with the load in between', () => {
    const [some, more] = [pauses(1, 25).at(-1)!, pauses(1, 15).at(-1)!];
    expect(some).toBeGreaterThan(5);
    expect(more).toBeGreaterThan(some + 10);
    expect(more).toBeLessThan(60);
  });

  it('is forgotten when the load is over', () => {
    let now = 0;
    const pace = new Pace({ idleMs: 0, busyMs: 60 }, () => now);
    expect(pace.pauseAfter(500)).toBe(60);
    now += 5_000;
    expect(pace.pauseAfter(1)).toBe(0);
  });
});
