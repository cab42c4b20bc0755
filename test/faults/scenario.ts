import type { Finding, Invariant } from './checks/invariant.ts';
import type { Setting } from './setting.ts';
import type { World } from './world.ts';

/** What the API promises while the fault lasts, and otherwise. Shares are of requests that were due. */
export interface ApiBounds {
  /** Creates that are answered 201, keyed repetitions (409) left out. */
  readonly acceptedShare: number;
  readonly p99Ms: number;
  /** Statuses that may occur besides 2xx and the 409 of a repetition; 0 is no answer. */
  readonly statuses: readonly number[];
}

/** Something that is done to the system while it is loaded. */
export interface Scenario extends Setting {
  readonly title: string;
  readonly decisive: readonly Invariant[];
  /** During the fault bands; outside of them everything is accepted in time. */
  readonly api: ApiBounds;
  /** Longest that orders may be refused after a fault has ended, in seconds; 3 by default. */
  readonly acceptingAgainSeconds?: number;
  /** Seconds to come to rest, when the usual minute cannot be enough. */
  readonly restSeconds?: number;
  /** Ids of further invariants this scenario cannot judge, with the reason. */
  readonly notJudged?: Partial<Record<Invariant, string>>;
  /** Says what this machine lacks for it, if anything; then it is not run, and the report says so. */
  readonly needs?: () => string | undefined;
  /** Part of the selection for continuous integration. */
  readonly short?: boolean;
  run(world: World): Promise<void>;
  /** What only this scenario can judge, on the system at rest. */
  afterRest?(world: World): Promise<Finding[]>;
}
