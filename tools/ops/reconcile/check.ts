import type { ServiceName } from '../../stack/service-names.ts';

/** The invariants of the system that can be checked from its tables, the gateway's books and the topics. */
export const INVARIANTS = {
  I1: 'every order is eventually confirmed or cancelled',
  I2: 'every event has its row, and every row its event',
  I3: 'the payments match the ledger of the gateway and do not exceed the total of the order',
  I4: 'the stock is the sum of its movements and never negative',
  I5: 'a confirmed order is paid and has its stock; a cancelled one has no hold, no stock and no money left',
  I6: 'the audit trail is valid and matches the order',
  I7: 'events of an order are numbered 1..n per publisher, in order within a topic',
  I8: 'an event takes effect exactly once',
  I9: 'every consumed record is accounted for',
  I12: 'a customer gets each notification once, and never “confirmed” after “cancelled”',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** Two sources that should agree and do not. */
export interface Disagreement {
  readonly invariant: Invariant;
  /** Which of the invariant's checks found it. */
  readonly check: string;
  /** What it is about: an order, a product, a record, a message. */
  readonly subject: string;
  readonly orderId: string | null;
  /** The service whose tables or topics are concerned most. */
  readonly service: ServiceName;
  readonly expected: string;
  readonly found: string;
  /** What to type, or to look at, where something safe can be done. */
  readonly mend: string | null;
}

/**
 * A query that gives what breaks an invariant: `subject`, `order_id`, `expected`, `found`. It may use the temporary tables
 * `bounds` and `scope` (see Workspace), and, when it `readsTopics`, `recent_scope` and those of TopicStore.
 */
export interface Check {
  readonly invariant: Invariant;
  readonly name: string;
  readonly service: ServiceName;
  readonly readsTopics: boolean;
  readonly sql: string;
}

/** A check of a list whose checks all read the same. */
export type RowCheck = Omit<Check, 'readsTopics'>;
