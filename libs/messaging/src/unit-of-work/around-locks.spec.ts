import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { AroundLocks } from './around-locks';
import { DatabaseLocked, RowsLocked, type LockWaits } from './locked-rows';
import type { Transactions } from './transactions';
import type { UnitOfWork } from './unit-of-work';

Logger.overrideLogger(false);

const lockTimeout = () => Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

interface Item {
  readonly n: number;
  readonly orderId: string;
}

/**
 * Rows of orders that are locked: `told` of by the unit of work when it looks, or only met; by somebody else, unless it is `busy`
 * replicas that are through with them when they are waited for once more.
 */
function setUp({ told = [] as string[], met = [] as string[], tables = [] as string[], busy = false }) {
  const committed: { free: number[]; heldUp: number[] }[] = [];
  let begun = 0;
  const transactions = {
    run: async <T>(work: (unitOfWork: UnitOfWork) => Promise<T>, locks?: LockWaits) => {
      begun += locks === undefined ? 0 : 1;
      const foreign = tables.map((name) => ({ name, whole: true }));
      if (!busy && foreign.length === 0) foreign.push({ name: 'orders', whole: false });
      return work({ query: () => Promise.resolve(foreign), locks } as unknown as UnitOfWork);
    },
  } as unknown as Transactions;
  const run = (items: readonly Item[], mayGoOn?: () => boolean) =>
    new AroundLocks(transactions).run(
      items,
      ({ orderId }) => orderId,
      (unitOfWork, free, heldUp) => {
        const { locks } = unitOfWork as unknown as { locks: LockWaits };
        if (busy && begun > 1) return Promise.resolve();
        const known = free.map(({ orderId }) => orderId).filter((orderId) => told.includes(orderId));
        if (known.length > 0) throw locks.looksFirst ? new RowsLocked(known) : lockTimeout();
        if (free.some(({ orderId }) => met.includes(orderId))) throw lockTimeout();
        committed.push({ free: free.map(({ n }) => n), heldUp: heldUp.map(({ n }) => n) });
        return Promise.resolve();
      },
      mayGoOn,
    );
  return { run, committed, begun: () => begun };
}

const itemsOf = (...orderIds: string[]): Item[] => orderIds.map((orderId, n) => ({ n, orderId }));

describe('a set of which nothing is locked', () => {
  it('is done in one transaction', async () => {
    const { run, committed, begun } = setUp({});
    expect(await run(itemsOf('a', 'b', 'a'))).toEqual([]);
    expect(committed).toEqual([{ free: [0, 1, 2], heldUp: [] }]);
    expect(begun()).toBe(1);
  });
});

describe('a set of which replicas at work have rows', () => {
  it('waits for them once more, and nothing is held up', async () => {
    const { run, begun } = setUp({ told: ['a'], met: ['b'], busy: true });
    expect(await run(itemsOf('a', 'b', 'c'))).toEqual([]);
    expect(begun()).toBe(2);
  });
});

describe('after somebody was in the way', () => {
  it('is looked first, without waiting, and what replicas at work have is still waited for', async () => {
    const seen: (LockWaits | undefined)[] = [];
    let foreign = true;
    const transactions = {
      run: <T>(work: (unitOfWork: UnitOfWork) => Promise<T>, locks?: LockWaits) => {
        if (locks !== undefined) seen.push(locks);
        return work({
          query: () => Promise.resolve(foreign ? [{ name: 'orders', whole: false }] : []),
          locks,
        } as never);
      },
    } as unknown as Transactions;
    const around = new AroundLocks(transactions);
    let locked = true;
    const run = () =>
      around.run(
        itemsOf('a', 'b'),
        ({ orderId }) => orderId,
        (unitOfWork, free) => {
          const { locks } = unitOfWork as unknown as { locks: LockWaits };
          const meets = locked && free.some(({ orderId }) => orderId === 'a');
          if (!meets) return Promise.resolve();
          if (!locks.looksFirst && locks.timeoutMs > 1_000) locked = false;
          else throw locks.looksFirst ? new RowsLocked(['a']) : lockTimeout();
          return Promise.resolve();
        },
      );
    expect(await run()).toHaveLength(1);
    expect(seen.map(({ looksFirst } = { timeoutMs: 0, looksFirst: false }) => looksFirst)).toEqual([false, true, true]);
    expect(await run()).toHaveLength(1);
    expect(seen.slice(3).every((locks) => locks?.looksFirst)).toBe(true);
    foreign = false;
    expect(await run()).toEqual([]);
    expect(seen.at(-1)).toEqual({ timeoutMs: 3_000, looksFirst: false });
  });
});

describe('a set of which rows are locked', () => {
  it('is done without the orders that need them, however many, in two more transactions', async () => {
    const { run, committed, begun } = setUp({ told: ['a', 'c'] });
    expect((await run(itemsOf('a', 'b', 'c', 'a', 'd'))).map(({ n }) => n)).toEqual([0, 2, 3]);
    expect(committed).toEqual([{ free: [1, 4], heldUp: [0, 2, 3] }]);
    expect(begun()).toBe(3);
  });

  it('is halved where nothing tells which, each item done or held up once and each order in its order', async () => {
    const orders = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f');
    await fc.assert(
      fc.asyncProperty(
        fc.array(orders, { minLength: 1, maxLength: 12 }),
        fc.uniqueArray(orders),
        fc.uniqueArray(orders),
        async (orderIds, told, met) => {
          const { run, committed } = setUp({ told, met });
          const items = itemsOf(...orderIds);
          const heldUp = await run(items);
          const free = committed.flatMap((part) => part.free);
          expect(committed.flatMap((part) => part.heldUp)).toEqual(heldUp.map(({ n }) => n));
          const isLocked = ({ orderId }: Item): boolean => told.includes(orderId) || met.includes(orderId);
          expect(free).toEqual(items.filter((item) => !isLocked(item)).map(({ n }) => n));
          expect(heldUp.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(items.filter(isLocked).map(({ n }) => n));
          for (const ofOne of Map.groupBy(heldUp, ({ orderId }) => orderId).values()) {
            expect(ofOne).toEqual(ofOne.toSorted((a, b) => a.n - b.n));
          }
        },
      ),
    );
  });

  it('is an outage when whole tables are locked: nothing is held up', async () => {
    const { run, committed, begun } = setUp({ told: ['a'], tables: ['orders'] });
    await expect(run(itemsOf('a', 'b'))).rejects.toMatchObject({ details: { locked: 'table orders' } });
    expect(committed).toEqual([]);
    expect(begun()).toBe(1);
  });

  it('is an outage when there is no end to what is locked', async () => {
    const orderIds = Array.from({ length: 200 }, (_, n) => `order-${n}`);
    const { run, begun } = setUp({ met: orderIds });
    await expect(run(itemsOf(...orderIds))).rejects.toThrow(DatabaseLocked);
    expect(begun()).toBeLessThan(80);
  });

  it('is left when it may not go on', async () => {
    const { run, begun } = setUp({ told: ['a'] });
    await expect(run(itemsOf('a', 'b'), () => false)).rejects.toThrow('lock timeout');
    expect(begun()).toBe(1);
  });
});
