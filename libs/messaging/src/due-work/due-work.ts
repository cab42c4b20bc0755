import type { Cause } from '@app/cloudevents';
import type { CallDescription } from './call-span';
import type { DueBacklog } from '../metrics/waiting-rows';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** A row somebody has to act on, leased until a time. */
export interface DueItem {
  readonly id: string;
  /** Items of one order are performed one after the other, in the order they were offered. */
  readonly orderId: string;
  /** Until then no other worker touches the row. */
  readonly leasedUntil: Date;
  /** Id of the item of the same order that has to be through first: see {@link Succession}. */
  readonly after?: string;
  /** What it follows from: its call is part of that trace. */
  readonly cause?: Cause;
}

/** For work whose items follow each other: one is performed only when the worker has itself seen its predecessor through. */
export interface Succession<Item extends DueItem, Outcome> {
  /** Whether what comes after an item with this outcome may be performed. */
  isThrough(outcome: Outcome): boolean;
  /** The outcome of an item that is not performed, because its predecessor may not be through. */
  notYet(item: Item): Outcome;
}

/** Work on the world outside: what is due, how to do it, and what to record about it. */
export interface DueWork<Item extends DueItem, Outcome> {
  /** For logs; and for metrics, with its spaces as `_`. */
  readonly name: string;
  /** What is due at this moment and in nobody's hands. Read at each scrape, so it has to be cheap whatever waits. */
  backlog(now: Date): Promise<DueBacklog>;
  /**
   * Leases up to `limit` due rows until `leasedUntil`, so that no other replica takes them:
   * `UPDATE … WHERE id = ANY (ARRAY(SELECT id … WHERE due_at <= now … LIMIT n FOR UPDATE SKIP LOCKED)) RETURNING …`.
   */
  claim(unitOfWork: UnitOfWork, limit: number, leasedUntil: Date): Promise<Item[]>;
  /** The call to the outside, outside of any transaction. Must end when the signal aborts. What it throws is an outcome of {@link failed}. */
  perform(item: Item, signal: AbortSignal): Promise<Outcome>;
  /** Makes an outcome of whatever `perform` threw. */
  failed(item: Item, error: unknown): Outcome;
  /** Records outcomes, with their events, in one transaction. Must cope with rows that have changed meanwhile. */
  settle(unitOfWork: UnitOfWork, results: readonly { item: Item; outcome: Outcome }[]): Promise<void>;
  /** How a call is shown in a trace once its outcome is known; without it calls are not shown. */
  describe?(item: Item, outcome: Outcome): CallDescription;
  /** Needed when items come {@link DueItem.after} others. */
  readonly succession?: Succession<Item, Outcome>;
}

/** Bounds of a worker; times in milliseconds. */
export interface DueWorkerLimits {
  /** Calls in progress at a time; what is being recorded does not count. */
  readonly concurrency: number;
  /** Items in memory at most, in progress or waiting. */
  readonly capacity: number;
  readonly leaseMs: number;
  /** A single call. Must be well below the lease. */
  readonly timeoutMs: number;
  /** How often rows are looked for that nobody was handed. */
  readonly sweepIntervalMs: number;
}
