import type { UnitOfWork } from '@app/messaging';
import { Lifecycle } from '@app/platform';
import { Injectable, Logger } from '@nestjs/common';
import { TooManyWaiting } from '../domain/order.errors';
import { OrderRepository } from './order.repository';

/** How often the table is asked for orders that another replica has settled. */
const POLL_INTERVAL_MS = 250;

type Identified = { readonly orderId: string };

/**
 * Requests that wait at a time. Each costs memory, and a read when it ends: beyond this, those who wait would be what everybody
 * else waits for.
 */
const MOST_WAITING = 500;

/** Lets a request wait for an order to be settled, whichever replica settles it. */
@Injectable()
export class SettlementWaiters {
  private readonly logger = new Logger(SettlementWaiters.name);
  private readonly waiting = new Map<string, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  constructor(
    private readonly orders: OrderRepository,
    private readonly lifecycle: Lifecycle,
  ) {
    lifecycle.onDrain(() => this.release(), 'waiting requests');
  }

  /** At commit, wakes whoever waits for `settled`. */
  announce(unitOfWork: UnitOfWork, settled: readonly Identified[]): void {
    if (settled.length > 0) unitOfWork.afterCommit(() => settled.forEach(({ orderId }) => this.wake(orderId)));
  }

  /**
   * Resolves when the order is settled or the signal aborts, whichever is first; at once in a process that drains. Call it
   * before reading the order: what happens in between is not missed then.
   * @throws TooManyWaiting when {@link MOST_WAITING} wait already.
   */
  untilSettled(orderId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.lifecycle.state === 'draining') return Promise.resolve();
    if (this.count >= MOST_WAITING) throw new TooManyWaiting();
    this.count += 1;
    const waiters = this.waiting.get(orderId) ?? new Set();
    this.waiting.set(orderId, waiters);
    this.poll();
    return new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        if (waiters.delete(done)) this.count -= 1;
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
      this.logger.debug(`Polling for settled orders failed: ${String(error)}`);
    }
    this.timer = undefined;
    if (this.waiting.size > 0) this.poll();
  }
}
