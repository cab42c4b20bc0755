import { Clock, Tracing } from '@app/platform';
import { Injectable, Optional } from '@nestjs/common';
import type { DueItem, DueWork, DueWorkerLimits } from './due-work';
import { DueMetrics } from './due-metrics';
import { DueWorker } from './due-worker';
import { MessagingOptions } from '../messaging-options';
import type { LingerTimes } from '../messaging-options';
import { Transactions } from '../unit-of-work/transactions';

/** What waits to be recorded takes room in memory, and holds back what follows of its order. */
const MAX_LINGER_MS = 50;

/** Makes the workers of a service and runs them while the application runs. */
@Injectable()
export class DueWorkers {
  private readonly workers: Pick<DueWorker<DueItem, unknown>, 'start' | 'stop' | 'untilCapacity'>[] = [];

  private readonly linger: LingerTimes;

  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly metrics: DueMetrics,
    { linger }: MessagingOptions,
    @Optional() private readonly tracing: Tracing = Tracing.off,
  ) {
    this.linger = { ...linger, busyMs: Math.min(linger.busyMs, MAX_LINGER_MS) };
  }

  /** Makes a worker; it is started when the application is up and stopped when it drains. */
  create<Item extends DueItem, Outcome>(
    work: DueWork<Item, Outcome>,
    limits: DueWorkerLimits,
  ): DueWorker<Item, Outcome> {
    const worker = new DueWorker(work, limits, this.transactions, this.clock, this.linger, this.tracing);
    this.workers.push(worker);
    this.metrics.show(work.name.replaceAll(' ', '_'), () => work.backlog(this.clock.now()));
    return worker;
  }

  /** As the workers' own, for all of them. */
  async untilCapacity(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.untilCapacity()));
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
