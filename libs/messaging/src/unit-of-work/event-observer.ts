import type { EventEnvelope } from '@app/cloudevents';

/**
 * Is told of events once the transaction that publishes them is committed, in the order they were published. Optional: an
 * application provides it in a global module. It runs before anyone is told of the commit, so it has to be quick; it must not wait
 * for anything, and what it throws is logged, not reported.
 */
export abstract class EventObserver {
  /** @param events of one transaction, each with its id. Their sequence numbers are known to the database only, and 0 here. */
  abstract published(events: readonly EventEnvelope[]): void;
}
