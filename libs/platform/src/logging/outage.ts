import { messageOf } from '../errors/message-of';

/** One line for each failure is enough within this time. */
const EVERY_MS = 60_000;
/** When nothing has failed for so long, a failure begins another outage. */
const FORGOTTEN_AFTER_MS = 5 * 60_000;

/** What an outage is called while it lasts, and when it is over: `Publishing failed; retrying` and `Publishing again`. */
export interface OutageTexts {
  readonly failing: string;
  readonly working: string;
}

/** The part of Nest's `Logger` that is used. */
export interface OutageLogger {
  log(message: string, fields: object): void;
  warn(message: string, fields: object): void;
}

/**
 * Logs an outage as an operator wants to read it: its first failure at once, then one line a minute with how often it has failed,
 * and its end, with how long it has lasted.
 */
export class Outage {
  private begun: number | undefined;
  private failedAt = -Infinity;
  private shownAt = -Infinity;
  private hidden = 0;

  /** @param now milliseconds from any point in time on; for tests. */
  constructor(
    private readonly logger: OutageLogger,
    private readonly texts: OutageTexts,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether something has failed, and nothing has worked since. */
  get isOngoing(): boolean {
    return this.begun !== undefined && this.now() - this.failedAt < FORGOTTEN_AFTER_MS;
  }

  /** It failed, perhaps again. */
  failed(error: unknown, fields: object = {}): void {
    const now = this.now();
    if (!this.isOngoing) this.begin(now);
    this.failedAt = now;
    this.hidden += 1;
    if (now - this.shownAt < EVERY_MS) return;
    const again = this.hidden > 1 ? { failures: this.hidden, failing_for_s: seconds(now - (this.begun ?? now)) } : {};
    this.shownAt = now;
    this.hidden = 0;
    this.logger.warn(`${this.texts.failing}: ${messageOf(error)}`, { ...fields, ...again });
  }

  /** It worked. Says so when it had not before. @param waited what has piled up meanwhile: `1204 events waited`. */
  ended(waited?: string): void {
    if (!this.isOngoing) return;
    const lasted = seconds(this.now() - (this.begun ?? 0));
    this.begun = undefined;
    this.logger.log(`${this.texts.working} after ${lasted} s${waited === undefined ? '' : `; ${waited}`}`, {
      outage_s: lasted,
    });
  }

  private begin(now: number): void {
    this.begun = now;
    this.shownAt = -Infinity;
    this.hidden = 0;
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
