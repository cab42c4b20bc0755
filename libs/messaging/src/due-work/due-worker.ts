import { type Clock, Outage, repeatedly, sleep, Tracing, withinTime } from '@app/platform';
import { Logger } from '@nestjs/common';
import { inCallSpan } from './call-span';
import { DueOutcomes } from './due-outcomes';
import type { DueItem, DueWork, DueWorkerLimits } from './due-work';
import type { LingerTimes } from '../messaging-options';
import { RecentIds } from './recent-ids';
import type { Transactions } from '../unit-of-work/transactions';

/** How long {@link DueWorker.untilCapacity} waits; leaving rows to the sweep costs more, but is correct. */
const CAPACITY_TIMEOUT_MS = 1_000;
/** How long a call may take to notice that it was told to end. */
const ABORT_GRACE_MS = 500;

/**
 * Does what rows ask for, with bounded concurrency. A process that inserts such a row is handed it at commit and needs no
 * look-up; a periodic sweep finds the rows whose process died, and those whose next attempt has come.
 */
export class DueWorker<Item extends DueItem, Outcome> {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly queues = new Map<string, Item[]>();
  private readonly ready: string[] = [];
  private readonly outcomes: DueOutcomes<Item, Outcome>;
  /** Items that are through: as many as matter for what may still come after them. */
  private readonly through: RecentIds;
  private held = 0;
  /** Calls in progress. */
  private active = 0;
  /** Calls in progress and outcomes being recorded. */
  private unfinished = 0;
  private sweeping: Promise<void> | undefined;
  /** Rows may be due for which this process had no capacity. */
  private leftBehind = false;
  private wakeUp = new AbortController();
  private capacityFreed = new AbortController();
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly work: DueWork<Item, Outcome>,
    private readonly limits: DueWorkerLimits,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    linger: LingerTimes,
    private readonly tracing: Tracing = Tracing.off,
  ) {
    this.logger = new Logger(`DueWorker.${work.name}`);
    this.through = new RecentIds(limits.capacity * 2);
    this.outcomes = new DueOutcomes(work, this.stopping.signal, transactions, linger, limits.capacity * 2);
  }

  /** Begins to sweep. */
  start(): void {
    this.sweeping ??= repeatedly(() => this.claimDue(), {
      everyMs: this.limits.sweepIntervalMs,
      stopping: this.stopping.signal,
      outage: new Outage(this.logger, {
        failing: 'What is due could not be claimed; trying again',
        working: 'What is due is claimed again',
      }),
      pause: (ms) => {
        this.wakeUp = new AbortController();
        return sleep(ms, this.wakeUp.signal);
      },
    });
  }

  /** Begins nothing new, lets calls in progress end and records their outcomes. What waits is found again by its lease. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp.abort();
    this.ready.length = 0;
    this.capacityFreed.abort();
    await this.sweeping;
    if (this.unfinished > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /**
   * The time to write as `due_at` of a row that will be {@link offer}ed at commit: the end of its lease, or now, when this
   * process has no capacity for it and any sweep may take it at once.
   */
  leaseFor(count: number): { readonly dueAt: Date; readonly mine: boolean } {
    const now = this.clock.now();
    const mine = !this.stopping.signal.aborted && this.held + count <= this.limits.capacity;
    if (!mine) this.leftBehind = true;
    return { dueAt: mine ? new Date(now.getTime() + this.limits.leaseMs) : now, mine };
  }

  /**
   * Resolves when half of the capacity is free, and after a second at the latest. Await this before adding items: work
   * beyond the capacity costs several statements (written, found by a sweep, leased), while a record waits in Kafka for nothing.
   */
  async untilCapacity(): Promise<void> {
    if (this.hasCapacity || this.stopping.signal.aborted) return;
    if (this.capacityFreed.signal.aborted) this.capacityFreed = new AbortController();
    await sleep(CAPACITY_TIMEOUT_MS, this.capacityFreed.signal);
  }

  private get hasCapacity(): boolean {
    return this.held <= this.limits.capacity / 2;
  }

  /** Whether this worker has the item in hand or has seen it through, so that what comes after it can be offered here. */
  holds({ orderId, id }: Pick<DueItem, 'orderId' | 'id'>): boolean {
    return this.through.has(id) || (this.queues.get(orderId)?.some((item) => item.id === id) ?? false);
  }

  /** Takes rows this process has leased, after the transaction that leased them has committed. */
  offer(items: readonly Item[]): void {
    for (const item of items) {
      this.held += 1;
      const queue = this.queues.get(item.orderId);
      if (queue !== undefined) {
        queue.push(item);
        continue;
      }
      this.queues.set(item.orderId, [item]);
      this.ready.push(item.orderId);
    }
    this.next();
  }

  private next(): void {
    while (this.active < this.limits.concurrency && !this.stopping.signal.aborted) {
      const orderId = this.ready.shift();
      if (orderId === undefined) return;
      this.active += 1;
      this.unfinished += 1;
      void this.workOn(orderId);
    }
  }

  /** Performs the order's first item. Its place is free for another order's call as soon as the call has ended. */
  private async workOn(orderId: string): Promise<void> {
    const queue = this.queues.get(orderId) ?? [];
    const [item] = queue;
    const outcome = item && (await this.outcomeOf(item));
    this.active -= 1;
    this.next();
    if (item !== undefined && outcome !== undefined) await this.record(item, outcome.value);
    queue.shift();
    this.held -= 1;
    if (queue.length === 0) this.queues.delete(orderId);
    else if (!this.stopping.signal.aborted) this.ready.push(orderId);
    this.signalCapacity();
    this.unfinished -= 1;
    if (this.unfinished === 0) this.idle.splice(0).forEach((resolve) => resolve());
    this.next();
  }

  private signalCapacity(): void {
    // With a backlog, what can be done must not depend on how often the sweep comes round.
    if (this.leftBehind && this.hasCapacity && !this.wakeUp.signal.aborted) this.wakeUp.abort();
    if (this.hasCapacity && !this.capacityFreed.signal.aborted) this.capacityFreed.abort();
  }

  /** Undefined when the item waited too long here: another worker may have it by now. */
  private async outcomeOf(item: Item): Promise<{ readonly value: Outcome } | undefined> {
    const { succession } = this.work;
    if (item.leasedUntil.getTime() - this.clock.now().getTime() < this.limits.timeoutMs) return undefined;
    if (item.after === undefined || succession === undefined) return { value: await this.perform(item) };
    return { value: this.through.has(item.after) ? await this.perform(item) : succession.notYet(item) };
  }

  private async record(item: Item, outcome: Outcome): Promise<void> {
    try {
      await this.outcomes.record(item, outcome);
    } catch (error) {
      this.logger.error('Outcome could not be recorded; its row will be due again', {
        orderId: item.orderId,
        err: error,
      });
      return;
    }
    if (this.work.succession?.isThrough(outcome) === true) this.through.add(item.id);
  }

  private perform(item: Item): Promise<Outcome> {
    return inCallSpan(
      this.tracing,
      item,
      () => this.call(item),
      (outcome) => this.work.describe?.(item, outcome),
    );
  }

  /** A call that ignores its abort signal is abandoned, so that it cannot block its slot or its order. */
  private async call(item: Item): Promise<Outcome> {
    const { timeoutMs } = this.limits;
    try {
      return await withinTime((signal) => this.work.perform(item, signal), {
        timeoutMs,
        graceMs: ABORT_GRACE_MS,
        timeUp: () => new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'),
      });
    } catch (error) {
      return this.work.failed(item, error);
    }
  }

  private async claimDue(): Promise<void> {
    for (;;) {
      const free = Math.min(500, this.limits.capacity - this.held);
      if (this.stopping.signal.aborted) return;
      if (free <= 0) {
        this.leftBehind = true;
        return;
      }
      const leasedUntil = new Date(this.clock.now().getTime() + this.limits.leaseMs);
      const items = await this.transactions.run((unitOfWork) => this.work.claim(unitOfWork, free, leasedUntil));
      this.offer(items);
      if (items.length < free) {
        this.leftBehind = false;
        return;
      }
    }
  }
}
