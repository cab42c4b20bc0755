/** So many a second; what was not used within one is lost (a token bucket). */
export class RateLimit {
  private left: number;
  private filledAt: number;

  /** @param now milliseconds from any point in time on. */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.left = perSecond;
    this.filledAt = now();
  }

  /** @returns whether there was one left. */
  take(): boolean {
    const now = this.now();
    this.left = Math.min(this.perSecond, this.left + ((now - this.filledAt) / 1_000) * this.perSecond);
    this.filledAt = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
