import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms` milliseconds, or until the signal aborts, whichever comes first. Never rejects. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Exponential backoff with full jitter: a random time between 0 and min(`capMs`, `baseMs` × 2^attempt). */
export function backoff(attempt: number, baseMs: number, capMs: number): number {
  return Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 40));
}

/** Batches up to this size are a sign of an idle system, which waits for nothing. */
const IDLE_BATCH = 2;
const GATHER_MS_PER_INPUT = 4;

/**
 * How long to let work gather after a batch of this size, in milliseconds: nothing on an idle system, up to `maxMs` under
 * load. A transaction costs much the same whatever it carries, so waking at once for every little bit of work would make a
 * busy machine spend itself on many small ones.
 */
export function gatheringTime(batchSize: number, maxMs: number): number {
  return Math.min(maxMs, Math.max(0, batchSize - IDLE_BATCH) * GATHER_MS_PER_INPUT);
}
