import { Clock } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import type { DueItem, DueWork, DueWorkerLimits } from './due-work';
import { classifyFailure } from './failure';
import { GroupCommit } from './group-commit';
import { backoff, sleep } from './sleep';
import { Transactions } from './transactions';

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
  private readonly results: GroupCommit<{ item: Item; outcome: Outcome }, void>;
  private held = 0;
  private active = 0;
  private sweeping: Promise<void> | undefined;
  /** Rows may be due which this process had no room for. */
  private leftBehind = false;
  private nap = new AbortController();
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly work: DueWork<Item, Outcome>,
    private readonly limits: DueWorkerLimits,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {
    this.logger = new Logger(`DueWorker.${work.name}`);
    this.results = new GroupCommit((results) => this.settle(results), {
      maxGroup: 500,
      gatherMs: 40,
      maxWaiting: limits.capacity * 2,
    });
  }

  /** Begins to sweep. */
  start(): void {
    this.sweeping ??= this.sweep();
  }

  /** Begins nothing new, lets calls in progress end and records their outcomes. What waits is found again by its lease. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.nap.abort();
    this.ready.length = 0;
    await this.sweeping;
    if (this.active > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /**
   * The time to write as `due_at` of a row that will be {@link offer}ed at commit: the end of its lease, or now, when this
   * process has no room for it and any sweep may take it at once.
   */
  leaseFor(count: number): { readonly dueAt: Date; readonly mine: boolean } {
    const now = this.clock.now();
    const mine = !this.stopping.signal.aborted && this.held + count <= this.limits.capacity;
    if (!mine) this.leftBehind = true;
    return { dueAt: mine ? new Date(now.getTime() + this.limits.leaseMs) : now, mine };
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
      void this.drainQueue(orderId);
    }
  }

  private async drainQueue(orderId: string): Promise<void> {
    const queue = this.queues.get(orderId) ?? [];
    for (let item = queue[0]; item !== undefined; item = queue[0]) {
      if (!this.stopping.signal.aborted) await this.performLeased(item);
      queue.shift();
      this.held -= 1;
      // With a backlog, what can be done must not depend on how often the sweep comes round.
      if (this.leftBehind && this.held <= this.limits.capacity / 2 && !this.nap.signal.aborted) this.nap.abort();
    }
    this.queues.delete(orderId);
    this.active -= 1;
    if (this.active === 0) this.idle.splice(0).forEach((resolve) => resolve());
    this.next();
  }

  private async performLeased(item: Item): Promise<void> {
    // It waited too long here: another worker may have it by now.
    if (item.leasedUntil.getTime() - this.clock.now().getTime() < this.limits.timeoutMs) return;
    try {
      await this.results.submit({ item, outcome: await this.outcomeOf(item) });
    } catch (error) {
      this.logger.error('an outcome could not be recorded; its row will be due again', {
        orderId: item.orderId,
        err: error,
      });
    }
  }

  /** A call that does not end by itself when its time is up is given up: it must not keep its place, nor its order, for ever. */
  private async outcomeOf(item: Item): Promise<Outcome> {
    const timeUp = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const reason = new DOMException(`no answer within ${this.limits.timeoutMs} ms`, 'TimeoutError');
        timeUp.abort(reason);
        timer = setTimeout(() => reject(reason), ABORT_GRACE_MS);
      }, this.limits.timeoutMs);
    });
    try {
      return await Promise.race([this.work.perform(item, timeUp.signal), givenUp]);
    } catch (error) {
      return this.work.failed(item, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The outside has acted: the outcome must be recorded, so an outage is waited out for as long as the process lives. */
  private async settle(results: readonly { item: Item; outcome: Outcome }[]): Promise<PromiseSettledResult<void>[]> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.transactions.run((unitOfWork) => this.work.settle(unitOfWork, results));
        return results.map(() => ({ status: 'fulfilled', value: undefined }));
      } catch (error) {
        const down = classifyFailure(error) === 'infrastructure';
        if (!down && results.length > 1) return this.settleEach(results);
        if (!down || this.stopping.signal.aborted) return results.map(() => ({ status: 'rejected', reason: error }));
        await sleep(backoff(attempt, 100, 5_000), this.stopping.signal);
      }
    }
  }

  /** One bad outcome must not keep the others from being recorded. */
  private async settleEach(
    results: readonly { item: Item; outcome: Outcome }[],
  ): Promise<PromiseSettledResult<void>[]> {
    const outcomes: PromiseSettledResult<void>[] = [];
    for (const result of results) outcomes.push(...(await this.settle([result])));
    return outcomes;
  }

  private async sweep(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.claimDue();
      } catch (error) {
        this.logger.warn(`sweep failed: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (this.stopping.signal.aborted) return;
      this.nap = new AbortController();
      await sleep(this.limits.sweepIntervalMs * (0.75 + Math.random() / 2), this.nap.signal);
    }
  }

  private async claimDue(): Promise<void> {
    for (;;) {
      const room = Math.min(500, this.limits.capacity - this.held);
      if (this.stopping.signal.aborted) return;
      if (room <= 0) {
        this.leftBehind = true;
        return;
      }
      const leasedUntil = new Date(this.clock.now().getTime() + this.limits.leaseMs);
      const items = await this.transactions.run((unitOfWork) => this.work.claim(unitOfWork, room, leasedUntil));
      this.offer(items);
      if (items.length < room) {
        this.leftBehind = false;
        return;
      }
    }
  }
}

/** Makes the workers of a service and runs them while the application runs. */
@Injectable()
export class DueWorkers {
  private readonly workers: Pick<DueWorker<DueItem, unknown>, 'start' | 'stop'>[] = [];

  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Makes a worker; it is started when the application is up and stopped when it drains. */
  create<Item extends DueItem, Outcome>(
    work: DueWork<Item, Outcome>,
    limits: DueWorkerLimits,
  ): DueWorker<Item, Outcome> {
    const worker = new DueWorker(work, limits, this.transactions, this.clock);
    this.workers.push(worker);
    return worker;
  }

  /** @internal Called by the messaging module. */
  start(): void {
    this.workers.forEach((worker) => worker.start());
  }

  /** @internal Called by the messaging module, before the relay stops: last outcomes still have events. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
