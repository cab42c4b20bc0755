import type { Cause, EventEnvelope } from '@app/cloudevents';

/** A step of an order that is no event, since nobody else needs to know of it: an attempt that failed, and when the next one is. */
export interface StepNote {
  readonly orderId: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** The same for machines: plain values, named as in events (`snake_case`). */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  readonly cause: Cause;
}

/**
 * Is told of what a transaction did once it is committed: the events that it publishes and the steps it noted, in their order.
 * Optional: an application provides it in a global module. It runs before anyone is told of the commit, so it has to be quick; it
 * must not wait for anything, and what it throws is logged, not reported.
 */
export abstract class StepObserver {
  /** @param events of one transaction, each with its id. Their sequence numbers are known to the database only, and 0 here. */
  abstract published(events: readonly EventEnvelope[]): void;

  abstract noted(steps: readonly StepNote[]): void;
}
