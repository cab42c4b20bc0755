import { jest } from '@jest/globals';
import type { UnitOfWork } from '@app/messaging';
import { Lifecycle } from '@app/platform';
import { Logger } from '@nestjs/common';
import type { OrderRepository } from './order.repository';
import { SettlementWaiters } from './settlement-waiters';

const ORDER = '019a3c1e-5d57-7b6c-9c4e-2f1a9d0b7e11';

/** The table, in which another replica settles orders; and how often it was asked. */
class FakeTable {
  readonly rows = new Set<string>();
  readonly questions: string[][] = [];
  broken = false;

  settled(orderIds: readonly string[]): Promise<string[]> {
    this.questions.push([...orderIds]);
    if (this.broken) return Promise.reject(new Error('no connection'));
    return Promise.resolve(orderIds.filter((id) => this.rows.has(id)));
  }
}

function aWaitingRoom() {
  const table = new FakeTable();
  const lifecycle = new Lifecycle();
  const orders = new SettlementWaiters(table as unknown as OrderRepository, lifecycle);
  return { table, lifecycle, orders };
}

/** Whether a promise is settled by now, once everything that is ready has run. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return done;
}

beforeAll(() => void Logger.overrideLogger(false));
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a request that waits for an order', () => {
  it('learns within a moment what another replica has done, and so do all that wait', async () => {
    const { table, orders } = aWaitingRoom();
    const { signal } = new AbortController();
    const waits = [orders.untilSettled(ORDER, signal), orders.untilSettled(ORDER, signal)];
    await jest.advanceTimersByTimeAsync(250);
    expect(await Promise.all(waits.map(isDone))).toEqual([false, false]);
    table.rows.add(ORDER);
    await jest.advanceTimersByTimeAsync(250);
    expect(await Promise.all(waits.map(isDone))).toEqual([true, true]);
    expect(table.questions).toEqual([[ORDER], [ORDER]]);
  });

  it('learns what this replica has done at its commit, without asking', async () => {
    const { table, orders } = aWaitingRoom();
    const waits = orders.untilSettled(ORDER, new AbortController().signal);
    const hooks: (() => Promise<void> | void)[] = [];
    const unitOfWork = { afterCommit: (hook: () => void) => hooks.push(hook) } as unknown as UnitOfWork;
    orders.announce(unitOfWork, [{ orderId: ORDER }]);
    expect(await isDone(waits)).toBe(false);
    for (const hook of hooks) await hook();
    expect(await isDone(waits)).toBe(true);
    expect(table.questions).toEqual([]);
  });

  it('is asked for no longer when its client has gone, while others wait on', async () => {
    const { table, orders } = aWaitingRoom();
    const [gone, stays] = [new AbortController(), new AbortController()];
    const left = orders.untilSettled(ORDER, gone.signal);
    const waits = orders.untilSettled(ORDER, stays.signal);
    gone.abort();
    expect([await isDone(left), await isDone(waits)]).toEqual([true, false]);
    stays.abort();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(table.questions).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not begin to wait when its client has gone already', async () => {
    const { orders } = aWaitingRoom();
    expect(await isDone(orders.untilSettled(ORDER, AbortSignal.abort()))).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on waiting while the database is away', async () => {
    const { table, orders } = aWaitingRoom();
    const waits = orders.untilSettled(ORDER, new AbortController().signal);
    table.broken = true;
    await jest.advanceTimersByTimeAsync(600);
    expect(await isDone(waits)).toBe(false);
    table.broken = false;
    table.rows.add(ORDER);
    await jest.advanceTimersByTimeAsync(250);
    expect(await isDone(waits)).toBe(true);
  });

  it('is let go when the process drains, and none begins to wait after that', async () => {
    const { lifecycle, orders } = aWaitingRoom();
    const waits = orders.untilSettled(ORDER, new AbortController().signal);
    await lifecycle.drain();
    expect(await isDone(waits)).toBe(true);
    expect(await isDone(orders.untilSettled(ORDER, new AbortController().signal))).toBe(true);
  });
});

describe('more requests than may wait', () => {
  it('are told to come back, until one of them leaves', () => {
    const { orders } = aWaitingRoom();
    const leaving = new AbortController();
    void orders.untilSettled(ORDER, leaving.signal);
    for (let count = 1; count < 500; count += 1)
      void orders.untilSettled(`${ORDER}-${count}`, new AbortController().signal);
    const oneMore = () => void orders.untilSettled(ORDER, new AbortController().signal);
    expect(oneMore).toThrow(/Too many requests are waiting/);
    leaving.abort();
    expect(oneMore).not.toThrow();
    expect(oneMore).toThrow(/Too many requests are waiting/);
  });
});
