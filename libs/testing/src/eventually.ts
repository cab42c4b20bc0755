import { setTimeout as delay } from 'node:timers/promises';

/** Bounds of {@link eventually}, in milliseconds. */
export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Calls `attempt` until it no longer throws, and gives what it returned. The only way tests wait.
 * @throws what the last attempt threw, when the time (10 s by default) is up.
 */
export async function eventually<T>(attempt: () => Promise<T> | T, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(intervalMs);
    }
  }
}
