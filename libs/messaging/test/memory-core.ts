import type { EventEnvelope } from '@app/events';
import type { ConsumedRecord } from '../src/record/consumed-record';
import type { FailedMessages } from '../src/failed/failed-messages';
import type { Inbox } from '../src/consumer/inbox';
import type { Transactions } from '../src/unit-of-work/transactions';
import type { UnitOfWork } from '../src/unit-of-work/unit-of-work';

interface State {
  inbox: Set<string>;
  effects: string[];
  parked: {
    readonly id: string;
    readonly orderId: string | null;
    readonly status: string;
    readonly attempts: number;
  }[];
}

/** Inbox, failed messages and transactions in memory. A transaction that fails leaves nothing behind, as the real ones do. */
export class MemoryCore {
  state: State = { inbox: new Set(), effects: [], parked: [] };
  /** Transactions begun so far. */
  begun = 0;
  /** Called before COMMIT; what it throws is what PostgreSQL says. */
  onCommit: () => void = () => undefined;

  readonly transactions = {
    run: async <T>(work: (unitOfWork: UnitOfWork) => Promise<T>): Promise<T> => {
      this.begun += 1;
      const before = structuredClone(this.state);
      try {
        const hooks: (() => Promise<void> | void)[] = [];
        const unitOfWork: Partial<UnitOfWork> = {
          note: () => undefined,
          afterCommit: (hook) => void hooks.push(hook),
        };
        const result = await work(unitOfWork as UnitOfWork);
        this.onCommit();
        for (const hook of hooks) await hook();
        return result;
      } catch (error) {
        this.state = before;
        throw error;
      }
    },
  } as unknown as Transactions;

  readonly inbox = {
    admit: (_unitOfWork: UnitOfWork, events: readonly EventEnvelope[]) => {
      const blocking = new Set(this.state.parked.map(({ orderId }) => orderId));
      const parked = events.filter(({ orderId }) => blocking.has(orderId));
      const fresh = events.filter((event) => !parked.includes(event) && !this.state.inbox.has(event.id));
      for (const { id } of fresh) this.state.inbox.add(id);
      return Promise.resolve({
        fresh: new Set(fresh.map(({ id }) => id)),
        parkedOrders: new Set(parked.map(({ orderId }) => orderId)),
      });
    },
  } as unknown as Inbox;

  readonly failedMessages = {
    deadLetter: (
      _unitOfWork: UnitOfWork,
      record: ConsumedRecord,
      failure: { reason: string; attempts: readonly unknown[] },
    ) => this.park(record, `dead_lettered: ${failure.reason}`, failure.attempts.length),
    retryLater: (_unitOfWork: UnitOfWork, record: ConsumedRecord, { attempts }: { attempts: readonly unknown[] }) =>
      this.park(record, 'retrying', attempts.length),
    parkBehind: (_unitOfWork: UnitOfWork, records: readonly ConsumedRecord[]) => this.wait(records),
    waitForLocks: (_unitOfWork: UnitOfWork, records: readonly ConsumedRecord[]) => this.wait(records),
  } as unknown as FailedMessages;

  private async wait(records: readonly ConsumedRecord[]): Promise<void> {
    for (const record of records) await this.park(record, 'waiting', 0);
  }

  private park(record: ConsumedRecord, status: string, attempts: number): Promise<void> {
    const event = record.decoded.ok ? record.decoded.event : undefined;
    this.state.parked.push({ id: event?.id ?? record.offset, orderId: event?.orderId ?? null, status, attempts });
    return Promise.resolve();
  }
}
