import type { Cause, EventDefinition, PayloadOf } from '@app/cloudevents';
import { type DatabaseSession, preparedName } from '@app/postgres';
import { RowsLocked, type LockWaits } from './locked-rows';
import type { StepNote } from './step-observer';

/** An event on its way out: what happened to what, and what caused it. */
export interface OutgoingEvent<Definition extends EventDefinition = EventDefinition> {
  readonly definition: Definition;
  /** The record key: the id of what the definition says the event is about. */
  readonly key: string;
  readonly payload: PayloadOf<Definition>;
  readonly cause: Cause;
}

/** What is published of an event: `orderId` when it is about an order, `key` when its definition says something else. */
export type Publication<Definition extends EventDefinition> = Pick<OutgoingEvent<Definition>, 'payload' | 'cause'> &
  ({ readonly orderId: string } | { readonly key: string });

/**
 * One database transaction, with the events that go out because of it. It is the only way to write a row or to publish
 * an event: both become visible together at commit, or neither does. Handed out by `Transactions.run`; dead afterwards.
 */
export class UnitOfWork {
  private readonly outgoing: OutgoingEvent[] = [];
  private readonly notes: StepNote[] = [];
  private relayHasWork = false;
  private readonly gathered = new Map<object, unknown[]>();
  private readonly conclusions: (() => Promise<void>)[] = [];
  private readonly beforeCommitHooks: (() => Promise<void>)[] = [];
  private readonly afterCommitHooks: (() => Promise<void> | void)[] = [];

  constructor(
    private readonly session: DatabaseSession,
    private readonly locks?: LockWaits,
  ) {}

  /**
   * Runs one statement in this transaction and gives its rows, whatever kind of statement it is. Its text has to be a
   * constant: it is prepared once for each connection.
   * @throws QueryFailedError as TypeORM does.
   */
  query<Row = Record<string, unknown>>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.session.query<Row>(text, parameters, preparedName(text));
  }

  /**
   * To be called before a statement that would wait for rows which another transaction has locked. Normally it does nothing. When
   * a set of orders is to be done without those that are held up, it looks, without waiting.
   * @param statement made by `lockedAmong`, a constant.
   * @param ordersOf which orders need the row with this key; the key is the order's id unless told.
   * @throws RowsLocked
   */
  async expectFree(
    statement: string,
    keys: readonly string[],
    ordersOf: (key: string) => readonly string[] = (key) => [key],
  ): Promise<void> {
    if (this.locks?.looksFirst !== true || keys.length === 0) return;
    const locked = await this.query<{ key: string }>(statement, [keys]);
    if (locked.length > 0) throw new RowsLocked(locked.flatMap(({ key }) => ordersOf(key)));
  }

  /** Queues an event; it is stored in the outbox when the work is done, in the order of the calls. */
  publish<Definition extends EventDefinition>(definition: Definition, event: Publication<Definition>): void {
    const { payload, cause } = event;
    this.outgoing.push({ definition, key: 'key' in event ? event.key : event.orderId, payload, cause });
  }

  /** Tells the {@link StepObserver}, after COMMIT, of a step that is no event. */
  note(step: StepNote): void {
    this.notes.push(step);
  }

  /** Something else than an event was stored for the relay: it is to look at the outbox after COMMIT. */
  wakeRelay(): void {
    this.relayHasWork = true;
  }

  /**
   * Gathers items that are applied together, in the order they were given, once everybody else is done and before the events are
   * stored: `apply` may still write and publish. A batch brings several topics to several handlers; rows that more than one of them
   * locks are locked in `apply`, once and in one order, or two replicas deadlock. A rejection rolls everything back.
   * @param key whose items these are, by identity; the first `apply` that comes with a key is the one that runs. What is gathered
   * while it runs is applied after it, in the same transaction.
   */
  gather<Item>(
    key: object,
    items: readonly Item[],
    apply: (unitOfWork: UnitOfWork, items: readonly Item[]) => Promise<void>,
  ): void {
    if (items.length === 0) return;
    const earlier = this.gathered.get(key);
    if (earlier !== undefined) {
      for (const item of items) earlier.push(item);
      return;
    }
    const gathered = [...items];
    this.gathered.set(key, gathered);
    this.conclusions.push(() => {
      this.gathered.delete(key);
      return apply(this, gathered);
    });
  }

  /** Runs just before COMMIT; a rejection rolls everything back. */
  beforeCommit(hook: () => Promise<void>): void {
    this.beforeCommitHooks.push(hook);
  }

  /**
   * Runs after COMMIT and before anyone is told of it (HTTP answer, offset commit). The change cannot be taken back any
   * more: a hook that rejects is logged, not reported to the caller.
   */
  afterCommit(hook: () => Promise<void> | void): void {
    this.afterCommitHooks.push(hook);
  }

  /** @internal For `Transactions` only. */
  get pending(): {
    readonly events: readonly OutgoingEvent[];
    readonly notes: readonly StepNote[];
    readonly forRelay: boolean;
    readonly conclusions: readonly (() => Promise<void>)[];
    readonly beforeCommit: readonly (() => Promise<void>)[];
    readonly afterCommit: readonly (() => Promise<void> | void)[];
  } {
    return {
      events: this.outgoing,
      notes: this.notes,
      forRelay: this.relayHasWork || this.outgoing.length > 0,
      conclusions: this.conclusions,
      beforeCommit: this.beforeCommitHooks,
      afterCommit: this.afterCommitHooks,
    };
  }
}
