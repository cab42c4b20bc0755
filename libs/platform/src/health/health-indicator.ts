/** What a check found. `details` is shown at `/health`: numbers and short words, no addresses, no error texts. */
export interface HealthResult {
  readonly status: 'up' | 'degraded' | 'down';
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One thing the process depends on. A module provides it, and it is on `/health`. */
export abstract class HealthIndicator {
  /** Unique; the key in `/health`. */
  abstract readonly name: string;
  /** Whether the service is `down` without it; otherwise it is only `degraded`. */
  abstract readonly required: boolean;
  /**
   * `liveness`: a `down` means this process must be restarted, it asks nothing of others. Default `readiness`.
   */
  readonly scope?: 'liveness' | 'readiness';
  /** Looks once. After one second `signal` is aborted and the check counts as `down`; a rejection does too. */
  abstract check(signal: AbortSignal): Promise<HealthResult>;
}
