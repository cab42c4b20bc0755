/**
 * The only source of the current time. Injected, so that tests decide what time it is;
 * also its own injection token (`PlatformModule` provides a `SystemClock`).
 */
export abstract class Clock {
  /** A new `Date` on each call, so a caller can not move another caller's time. Never blocks, never throws. */
  abstract now(): Date;
}

/** The wall clock of the machine: it can jump backwards, so never use it to measure a duration. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
