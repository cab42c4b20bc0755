import { Logger } from '@nestjs/common';
import {
  DatabaseLocked,
  isLockTimeout,
  FOREIGN_LOCKS,
  RowsLocked,
  type ForeignLock,
  type LockWaits,
} from './locked-rows';
import type { Transactions } from './transactions';
import type { UnitOfWork } from './unit-of-work';

/** Longer than a transaction of another replica usually takes, so that a product in demand is waited for. */
const WAITING: LockWaits = { timeoutMs: 250, looksFirst: false };
/** For other replicas, when there are many or the machine is full: each is through in a moment. */
const WAITING_LONGER: LockWaits = { timeoutMs: 3_000, looksFirst: false };
/** Somebody is in the way: who waits keeps what it has locked itself from others meanwhile. */
const LOOKING: LockWaits = { timeoutMs: 30, looksFirst: true };
/** How long a lock is expected to last once it was in the way. */
const LOOK_FOR_MS = 2_000;
/** Items that are found by halving, each of which has cost some time-outs. */
const MOST_FOUND_BY_HALVING = 16;

/** Work on the `free` items of a set; `heldUp` are those that somebody else's locks keep from it. */
export type WorkAround<Item> = (
  unitOfWork: UnitOfWork,
  free: readonly Item[],
  heldUp: readonly Item[],
) => Promise<void>;

/** One run over a set. */
interface Run<Item> {
  readonly orderOf: (item: Item) => string | null;
  readonly work: WorkAround<Item>;
  readonly mayGoOn: () => boolean;
  foundByHalving: number;
}

/** What was in the way, and of which orders, as far as that was told. */
interface Locked {
  readonly error: unknown;
  readonly orderIds: ReadonlySet<string>;
}

/**
 * Does work for many orders in one transaction without letting one locked row hold up all of them. Normally that is one call
 * and one transaction. When it has waited a quarter of a second for somebody who is no replica at work, it is done again for the orders
 * whose rows are free, and for two seconds it looks before it locks. Which are not free, units of work tell by `expectFree`; what is
 * locked and not told of is found by halving.
 */
export class AroundLocks {
  private readonly logger = new Logger(AroundLocks.name);
  private looksUntil = 0;

  constructor(private readonly transactions: Transactions) {}

  /**
   * Resolves when `work` is committed for every item, as free or as held up; usually in one transaction, in several when it was
   * halved. An order's items stay together or in their order.
   * @returns the items that are held up.
   * @throws DatabaseLocked when there is no way around what is locked; whatever `work` throws. Parts may be committed then.
   */
  async run<Item>(
    items: readonly Item[],
    orderOf: (item: Item) => string | null,
    work: WorkAround<Item>,
    mayGoOn: () => boolean = () => true,
  ): Promise<Item[]> {
    const run = { orderOf, work, mayGoOn, foundByHalving: 0 };
    const locked = await this.together(run, items);
    if (locked === undefined) return [];
    const heldUp = await this.separate(run, items, [], locked);
    if (heldUp.length > 0) this.logger.debug(`Waiting for locked rows: ${heldUp.length} of ${items.length} items`);
    return heldUp;
  }

  /** All at once; waits for replicas at work. @returns what was in the way. */
  private async together<Item>(run: Run<Item>, items: readonly Item[]): Promise<Locked | undefined> {
    const locked = await this.attempt(run, items, [], performance.now() < this.looksUntil ? LOOKING : WAITING);
    if (locked === undefined) return undefined;
    if ((await this.foreignLocks(locked.error)).length === 0) return this.attempt(run, items, [], WAITING_LONGER);
    this.looksUntil = performance.now() + LOOK_FOR_MS;
    return locked;
  }

  /** Takes out what is locked until the rest is committed. */
  private async separate<Item>(
    run: Run<Item>,
    items: readonly Item[],
    known: readonly Item[],
    found: Locked,
  ): Promise<Item[]> {
    const heldUp = [...known];
    let free = [...items];
    for (let locked: Locked | undefined = found; ; locked = await this.attempt(run, free, heldUp, LOOKING)) {
      if (locked === undefined) return heldUp;
      if (!run.mayGoOn()) throw locked.error;
      const { orderIds } = locked;
      const isLocked = (item: Item): boolean => orderIds.has(run.orderOf(item) ?? '');
      const more = free.filter(isLocked);
      free = free.filter((item) => !isLocked(item));
      heldUp.push(...more);
      // A time-out tells of no orders: at first they are to be looked for.
      if (more.length > 0 || locked === found) continue;
      await this.foreignLocks(locked.error);
      if (free.length === 0 || run.foundByHalving >= MOST_FOUND_BY_HALVING) {
        throw new DatabaseLocked('rows that cannot be skipped', locked.error);
      }
      if (free.length > 1) return this.halve(run, free, heldUp, { error: locked.error, orderIds: new Set() });
      run.foundByHalving += 1;
      heldUp.push(...free.splice(0));
    }
  }

  /** One after the other, so that what comes later of an order finds what was held up before. */
  private async halve<Item>(
    run: Run<Item>,
    free: readonly Item[],
    heldUp: readonly Item[],
    locked: Locked,
  ): Promise<Item[]> {
    const half = Math.ceil(free.length / 2);
    const first = await this.separate(run, free.slice(0, half), heldUp, locked);
    return [...first, ...(await this.separate(run, free.slice(half), [], locked))];
  }

  /** @returns what was in its way; undefined when it is committed. */
  private async attempt<Item>(
    { work }: Run<Item>,
    free: readonly Item[],
    heldUp: readonly Item[],
    locks: LockWaits,
  ): Promise<Locked | undefined> {
    try {
      await this.transactions.run((unitOfWork) => work(unitOfWork, free, heldUp), locks);
      return undefined;
    } catch (error) {
      if (error instanceof RowsLocked) return { error, orderIds: new Set(error.orderIds) };
      if (isLockTimeout(error)) return { error, orderIds: new Set() };
      throw error;
    }
  }

  /** @throws DatabaseLocked when a whole table is locked. */
  private async foreignLocks(cause: unknown): Promise<ForeignLock[]> {
    const locks = await this.transactions.run((unitOfWork) => unitOfWork.query<ForeignLock>(FOREIGN_LOCKS));
    const tables = locks.filter(({ whole }) => whole).map(({ name }) => name);
    if (tables.length > 0) throw new DatabaseLocked(`table ${tables.join(', ')}`, cause);
    return locks;
  }
}
