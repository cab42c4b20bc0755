/**
 * The only source of randomness that decides something: jitter, faults of a simulator. Injected, so that tests decide what happens;
 * also its own injection token (`PlatformModule` provides a `SystemChance`). Not for secrets and not for ids, see `Ids`.
 */
export abstract class Chance {
  /** A number from 0 to 1, without 1. Never blocks, never throws. */
  abstract next(): number;
}

/** Any number is as likely as any other. Not cryptographically secure. */
export class SystemChance extends Chance {
  next(): number {
    return Math.random();
  }
}

/** For what is not made by injection. */
export const SYSTEM_CHANCE: Chance = new SystemChance();
