import { setTimeout as delay } from 'node:timers/promises';
import { type Chance, SYSTEM_CHANCE } from '../chance';

/** Waits `ms` milliseconds, or until the signal aborts, whichever comes first. Never rejects. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Exponential backoff with full jitter: a random time between 0 and min(`capMs`, `baseMs` × 2^attempt), in milliseconds. */
export function backoff(attempt: number, baseMs: number, capMs: number, chance: Chance = SYSTEM_CHANCE): number {
  return chance.next() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 40));
}

/** `ms`, give or take a quarter: replicas that begin together do not stay in step. */
export function around(ms: number, chance: Chance = SYSTEM_CHANCE): number {
  return ms * (0.75 + chance.next() / 2);
}
