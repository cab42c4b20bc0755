import { AroundLocks, Transactions } from '@app/messaging';
import { Chance, Clock, Lifecycle, Outage, repeatedly } from '@app/platform';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { IdempotencyKeys } from '../persistence/idempotency-keys';
import { OrderRepository } from '../persistence/order.repository';
import { AdvanceOrders } from './advance-orders';
import { HousekeepingOptions } from './housekeeping.options';

const BATCH = 200;
const PRUNE_INTERVAL_MS = 60_000;

/**
 * Lets no order wait forever: cancels those past their deadline. Replicas may all do it; the lifecycle ignores a deadline
 * that comes second. Forgets old idempotency keys on the way.
 */
@Injectable()
export class CancelOverdueOrders implements OnApplicationBootstrap {
  private readonly logger = new Logger(CancelOverdueOrders.name);
  private readonly stopping = new AbortController();
  private readonly locks: AroundLocks;
  private lastPrune = 0;

  constructor(
    private readonly options: HousekeepingOptions,
    private readonly transactions: Transactions,
    private readonly orders: OrderRepository,
    private readonly keys: IdempotencyKeys,
    private readonly advance: AdvanceOrders,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly lifecycle: Lifecycle,
  ) {
    this.locks = new AroundLocks(transactions);
  }

  onApplicationBootstrap(): void {
    const running = repeatedly(() => this.sweep(), {
      everyMs: this.options.sweepMs,
      stopping: this.stopping.signal,
      outage: new Outage(this.logger, {
        failing: 'Deadlines of orders are not checked; trying again',
        working: 'Deadlines of orders are checked again',
      }),
      chance: this.chance,
    });
    this.lifecycle.onDrain(async () => {
      this.stopping.abort();
      await running;
    }, 'deadlines');
  }

  /** Cancels what is overdue now, except what somebody has locked. @returns how many orders that concerned. */
  async execute(): Promise<number> {
    const overdue = await this.orders.overdue(this.clock.now(), BATCH);
    if (overdue.length === 0) return 0;
    const heldUp = await this.locks.run(
      overdue,
      ({ orderId }) => orderId,
      (unitOfWork, free) =>
        this.advance.enqueue(
          unitOfWork,
          free.map(({ orderId, trace }) => ({ orderId, trigger: 'deadline_passed', actor: 'clock', cause: trace })),
        ),
    );
    return overdue.length - heldUp.length;
  }

  private async sweep(): Promise<void> {
    while ((await this.execute()) === BATCH && !this.stopping.signal.aborted);
    await this.pruneKeys();
  }

  private async pruneKeys(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.lastPrune < PRUNE_INTERVAL_MS) return;
    this.lastPrune = now;
    const before = new Date(now - this.options.idempotencyKeyMs);
    while (await this.transactions.run((unitOfWork) => this.keys.prune(unitOfWork, before)));
  }
}
