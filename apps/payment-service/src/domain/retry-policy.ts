/** When an operation without the gateway's word is tried again; times in milliseconds. */
export class RetryPolicy {
  /** Attempts with growing distance; after them the distance is `longIntervalMs`, for as long as it takes. */
  readonly attempts: number = 8;
  readonly baseMs: number = 500;
  readonly capMs: number = 10_000;
  readonly longIntervalMs: number = 30_000;
  /** A gateway that finds nothing is believed when the last sending lies this far back: it may still be under way. */
  readonly quietMs: number = 30_000;

  constructor(options: Partial<RetryPolicy> = {}) {
    Object.assign(this, options);
    Object.freeze(this);
  }
}

/**
 * The time of the next attempt after `attempts` ended without an answer: exponential backoff with full jitter, then the
 * long interval ± a quarter. @param jitter 0 to 1, drawn by the caller.
 */
export function nextAttemptAt(policy: RetryPolicy, attempts: number, now: Date, jitter: number): Date {
  const delay =
    attempts < policy.attempts
      ? jitter * Math.min(policy.capMs, policy.baseMs * 2 ** (attempts - 1))
      : policy.longIntervalMs * (0.75 + jitter / 2);
  return new Date(now.getTime() + delay);
}
