/** The longest that one request, record or client may keep all others waiting, in milliseconds. */
export const LONGEST_STALL_MS = 200;

/** A stretch in which a process served nobody because of what it did itself. */
export interface EventLoopStall {
  /** Its end, in milliseconds since 1970, by a clock that nobody sets. */
  readonly at: number;
  /** How long nobody was served. */
  readonly ms: number;
}

const INTERVAL_MS = 10;

/**
 * Watches the event loop of this thread: calls `onStall` for each stretch of `atLeastMs` or more in which it did not come to its
 * timers and used the processor all that time. What the thread spent waiting for a processor does not count: on a machine that others use,
 * too, it says nothing about the program. Nor does sleep; synchronous waiting is not what a service does.
 *
 * @returns what ends the watch.
 */
export function watchEventLoop(onStall: (stall: EventLoopStall) => void, atLeastMs: number): () => void {
  let last = look();
  const timer = setInterval(() => {
    const now = look();
    const ms = Math.min(now.wallMs - last.wallMs - INTERVAL_MS, now.cpuMs - last.cpuMs);
    last = now;
    if (ms >= atLeastMs) onStall({ at: performance.timeOrigin + now.wallMs, ms: Math.round(ms) });
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function look(): { readonly wallMs: number; readonly cpuMs: number } {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1_000 };
}
