import type { GroupCommitLimits } from '@app/messaging';

/** Most orders of one transaction. */
const MAX_GROUP = 200;
/** Transactions at a time. */
const CONCURRENCY = 2;
/** How long a busy service lets requests gather between two of them. */
const GATHER_MS = 15;
/** An order that has waited so long is refused, so that nobody is served whose client has given up. */
const MAX_WAIT_MS = 5_000;

/** Settings of placing orders; a class, so that it is its own injection token. */
export class PlaceOrderOptions {
  /** How requests that arrive together share transactions. */
  readonly group: GroupCommitLimits;

  /**
   * @param deadlineMs Milliseconds an order has to be settled.
   * @param maxWaiting Orders that may wait to be stored.
   */
  constructor(
    readonly deadlineMs: number,
    maxWaiting: number,
  ) {
    this.group = {
      maxGroup: MAX_GROUP,
      maxWaiting,
      maxWaitMs: MAX_WAIT_MS,
      concurrency: CONCURRENCY,
      linger: { idleMs: 0, busyMs: GATHER_MS },
    };
  }
}
