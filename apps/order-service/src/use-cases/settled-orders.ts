import type { UnitOfWork } from '@app/messaging';
import { Lifecycle } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { OrderCache } from '../persistence/order-cache';
import { OrderRepository } from '../persistence/order.repository';

/** How often the table is asked for orders that another replica has settled. */
const POLL_INTERVAL_MS = 250;

/** Lets a request wait for an order to be settled, whichever replica settles it. */
@Injectable()
export class SettledOrders {
  private readonly logger = new Logger(SettledOrders.name);
  private readonly waiting = new Map<string, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly orders: OrderRepository,
    private readonly cache: OrderCache,
    lifecycle: Lifecycle,
  ) {
    lifecycle.onDrain(() => this.release(), 'waiting requests');
  }

  /** Tells whoever waits, at commit; and drops from the cache what was settled before in another way. */
  announce(
    unitOfWork: UnitOfWork,
    orders: readonly { orderId: string }[],
    wasSettled: (orderId: string) => boolean,
  ): void {
    const stale = orders.map(({ orderId }) => orderId).filter(wasSettled);
    if (stale.length > 0) {
      unitOfWork.beforeCommit(() => this.cache.invalidate(stale));
      unitOfWork.afterCommit(() => this.cache.invalidate(stale));
    }
    if (orders.length > 0) unitOfWork.afterCommit(() => orders.forEach(({ orderId }) => this.wake(orderId)));
  }

  /** Resolves when the order is settled or `timeoutMs` has passed, whichever is first; the order must exist. */
  async untilSettled(orderId: string, timeoutMs: number): Promise<void> {
    const waiters = this.waiting.get(orderId) ?? new Set();
    this.waiting.set(orderId, waiters);
    this.poll();
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        waiters.delete(done);
        if (waiters.size === 0 && this.waiting.get(orderId) === waiters) this.waiting.delete(orderId);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
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
