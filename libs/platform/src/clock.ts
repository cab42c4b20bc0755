/**
 * The only source of the current time. Injected, so that tests decide what time it is;
 * also its own injection token (`PlatformModule` provides a `SharedClock`).
 */
export abstract class Clock {
  /** A new `Date` on each call, so a caller cannot move another caller's time. Never blocks, never throws. */
  abstract now(): Date;
}

/** The wall clock of the machine: it can jump backwards, so never use it to measure a duration. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** What a clock elsewhere said. The moments are of `performance.now()`; all in milliseconds. */
export interface ClockReading {
  /** Since 1970-01-01T00:00:00Z, with fractions. */
  readonly time: number;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * The clock that all replicas of a service have in common. Leases, due times and deadlines that one process writes are read by
 * others, so a machine whose clock is wrong must not decide on them: it would hold work back for as long as it is ahead.
 *
 * Until the first reading it shows the time of this machine. From then on it goes by the monotonic clock of the process, which no
 * correction of the machine's time moves, and follows the readings (Cristian's algorithm). A slow answer says little: the clock is
 * moved only as far as a reading proves it wrong.
 */
export class SharedClock extends Clock {
  /** The time when `performance.now()` was 0. */
  private origin: number | undefined;

  now(): Date {
    return new Date(this.origin === undefined ? Date.now() : this.origin + performance.now());
  }

  /** @returns by how many milliseconds the clock was moved; below zero it was ahead. */
  follow({ time, askedAt, answeredAt }: ClockReading): number {
    const earliest = time - answeredAt;
    const latest = time - askedAt;
    const before = this.origin ?? Date.now() - answeredAt;
    this.origin =
      this.origin === undefined ? (earliest + latest) / 2 : Math.min(Math.max(this.origin, earliest), latest);
    return this.origin - before;
  }
}
