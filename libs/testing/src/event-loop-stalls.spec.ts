import { eventually } from './eventually';
import { watchEventLoop, type EventLoopStall } from './event-loop-stalls';

let stalls: EventLoopStall[];
let stop: () => void;

beforeEach(async () => {
  stalls = [];
  stop = watchEventLoop((stall) => stalls.push(stall), 100);
  await turns();
});
afterEach(() => stop());

/** The event loop comes to its timers a few times. */
async function turns(wanted = 4): Promise<void> {
  let seen = 0;
  await eventually(() => expect((seen += 1)).toBeGreaterThan(wanted), { intervalMs: 15 });
}

/** Computes for so long, as the processor counts it. */
function compute(ms: number): void {
  const { user, system } = process.threadCpuUsage();
  for (;;) {
    const now = process.threadCpuUsage();
    if (now.user + now.system - user - system >= ms * 1_000) return;
  }
}

describe('a process', () => {
  it('that computes for 150 ms on end has stalled', async () => {
    compute(150);
    await turns();
    expect(stalls).toHaveLength(1);
    expect(stalls[0]?.ms).toBeGreaterThanOrEqual(130);
    expect(Math.abs((stalls[0]?.at ?? 0) - Date.now())).toBeLessThan(5_000);
  });

  it('that hands on to others in between has not', async () => {
    for (let piece = 0; piece < 10; piece += 1) {
      compute(20);
      await turns(1);
    }
    await turns();
    expect(stalls).toEqual([]);
  });

  it('that could not run has not', async () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await turns();
    expect(stalls).toEqual([]);
  });

  it('is watched no longer when the watch has ended', async () => {
    stop();
    compute(150);
    await turns();
    expect(stalls).toEqual([]);
  });
});
