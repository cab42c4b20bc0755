import type { UnitOfWork } from '@app/messaging';
import { Lifecycle } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { OrderCache } from '../persistence/order-cache';
import { OrderRepository } from '../persistence/order.repository';

/** How often the table is asked for orders that another replica has settled. */
const POLL_INTERVAL_MS = 250;

type Identified = { readonly orderId: string };

/** Lets a request wait for an order to be settled, whichever replica settles it. */
@Injectable()
export class SettledOrders {
  private readonly logger = new Logger(SettledOrders.name);
  private readonly waiting = new Map<string, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly orders: OrderRepository,
    private readonly cache: OrderCache,
    private readonly lifecycle: Lifecycle,
  ) {
    lifecycle.onDrain(() => this.release(), 'waiting requests');
  }

  /** At commit, wakes whoever waits for `settled`, and drops from the cache what was settled `before` in another way. */
  announce(unitOfWork: UnitOfWork, settled: readonly Identified[], before: readonly Identified[]): void {
    const outdated = before.map(({ orderId }) => orderId);
    if (outdated.length > 0) {
      // Before the commit, in case the process dies right after it; after the commit, for those who read in between.
      unitOfWork.beforeCommit(() => this.cache.invalidate(outdated));
      unitOfWork.afterCommit(() => this.cache.invalidate(outdated));
    }
    if (settled.length > 0) unitOfWork.afterCommit(() => settled.forEach(({ orderId }) => this.wake(orderId)));
  }

  /**
   * Resolves when the order is settled or the signal aborts, whichever is first; at once in a process that drains. Call it
   * before reading the order: what happens in between is not missed then.
   */
  untilSettled(orderId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.lifecycle.state === 'draining') return Promise.resolve();
    const waiters = this.waiting.get(orderId) ?? new Set();
    this.waiting.set(orderId, waiters);
    this.poll();
    return new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        waiters.delete(done);
        if (waiters.size === 0 && this.waiting.get(orderId) === waiters) this.waiting.delete(orderId);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      waiters.add(done);
    });
  }

  private wake(orderId: string): void {
    [...(this.waiting.get(orderId) ?? [])].forEach((done) => done());
  }

  private release(): void {
    for (const orderId of [...this.waiting.keys()]) this.wake(orderId);
  }

  private poll(): void {
    this.timer ??= setTimeout(() => void this.look(), POLL_INTERVAL_MS);
  }

  private async look(): Promise<void> {
    try {
      const orderIds = [...this.waiting.keys()];
      if (orderIds.length > 0) (await this.orders.settled(orderIds)).forEach((orderId) => this.wake(orderId));
    } catch (error) {
      this.logger.debug(`could not look for settled orders: ${String(error)}`);
    }
    this.timer = undefined;
    if (this.waiting.size > 0) this.poll();
  }
}
