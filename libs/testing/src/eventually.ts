import { setTimeout as delay } from 'node:timers/promises';

/** Bounds of {@link eventually}, in milliseconds. */
export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** How much longer than the time an attempt may take that was begun in time, in milliseconds. */
const ATTEMPT_GRACE_MS = 15_000;

/**
 * Calls `attempt` until it no longer throws, and gives what it returned. The only way tests wait.
 * @throws what the last attempt threw, when the time (10 s by default) is up; or that an attempt did not end at all.
 */
export async function eventually<T>(attempt: () => Promise<T> | T, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await withinTime(Promise.resolve().then(attempt), deadline - performance.now() + ATTEMPT_GRACE_MS);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(intervalMs);
    }
  }
}

/** @throws when the work has not ended within `ms` milliseconds; it is left alone then. */
export async function withinTime<T>(work: Promise<T>, ms: number, what = 'an attempt'): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${Math.round(ms / 1_000)} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
