import { SystemClock } from '@app/platform';
import type { DueItem, DueWork, DueWorkerLimits } from '../src/due-work/due-work';
import { DueWorker } from '../src/due-work/due-worker';
import type { DueBacklog } from '../src/metrics/waiting-rows';
import type { Transactions } from '../src/unit-of-work/transactions';
import type { UnitOfWork } from '../src/unit-of-work/unit-of-work';

const LIMITS: DueWorkerLimits = {
  concurrency: 3,
  capacity: 100,
  leaseMs: 60_000,
  timeoutMs: 5_000,
  sweepIntervalMs: 5,
};

const GATHER = { idleMs: 0, busyMs: 50 };

/** Nobody has locked a table. */
const unitOfWork = { query: () => Promise.resolve([]) } as unknown as UnitOfWork;

const transactions = {
  run: <T>(work: (unitOfWork: UnitOfWork) => Promise<T>) => work(unitOfWork),
} as unknown as Transactions;

/** One whose lease is long enough, unless told. */
export function item(orderId: string, n = 0, leasedForMs = 60_000): DueItem {
  return { id: `${orderId}-${n}`, orderId, leasedUntil: new Date(Date.now() + leasedForMs) };
}

/** One that has to come after the item before it. */
export function successor(orderId: string, n: number): DueItem {
  return { ...item(orderId, n), after: `${orderId}-${n - 1}` };
}

/** Work on an outside whose calls end when the test says so. */
export class FakeOutside implements DueWork<DueItem, string> {
  readonly name = 'test';
  readonly due: DueItem[] = [];
  readonly started: string[] = [];
  readonly settled: string[] = [];
  readonly settleSizes: number[] = [];
  readonly open = new Map<string, (outcome: string | Error) => void>();
  mostAtATime = 0;
  byItself = false;
  readonly succession = { isThrough: (outcome: string) => outcome === 'done', notYet: () => 'waits' };
  onSettle: (ids: string[]) => void = () => undefined;

  backlog(): Promise<DueBacklog> {
    return Promise.resolve({ due: this.due.length, oldestDue: null });
  }

  claim(_unitOfWork: UnitOfWork, limit: number): Promise<DueItem[]> {
    return Promise.resolve(this.due.splice(0, limit));
  }

  async perform({ id }: DueItem): Promise<string> {
    this.started.push(id);
    if (this.byItself) return 'done';
    const call = Promise.withResolvers<string>();
    this.open.set(id, (outcome) => {
      this.open.delete(id);
      if (outcome instanceof Error) call.reject(outcome);
      else call.resolve(outcome);
    });
    this.mostAtATime = Math.max(this.mostAtATime, this.open.size);
    return call.promise;
  }

  failed(_item: DueItem, error: unknown): string {
    // By its name: what a signal aborts with belongs to another realm under Jest.
    return `failed: ${(error as Error).name}`;
  }

  async settle(_unitOfWork: UnitOfWork, results: readonly { item: DueItem; outcome: string }[]): Promise<void> {
    this.onSettle(results.map((result) => result.item.id));
    this.settleSizes.push(results.length);
    this.settled.push(...results.map((result) => `${result.item.id} ${result.outcome}`));
  }
}

/** A worker whose transactions are none. */
export function setUp(limits: Partial<DueWorkerLimits> = {}) {
  const outside = new FakeOutside();
  return { outside, worker: new DueWorker(outside, { ...LIMITS, ...limits }, transactions, new SystemClock(), GATHER) };
}
