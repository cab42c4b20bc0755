import { Clock, type Gauge, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { DueBacklog } from '../metrics/waiting-rows';

/** Shows what is due by kind, and for how long: of workers, and of whatever else acts when a time has come. */
@Injectable()
export class DueMetrics {
  private readonly due: Gauge<'kind'>;
  private readonly oldest: Gauge<'kind'>;
  private readonly kinds = new Map<string, () => Promise<DueBacklog>>();

  constructor(
    metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.due = metrics.gauge({
      name: 'due_work',
      help: 'Items whose time has come and that no worker has in hand',
      labels: ['kind'],
    });
    this.oldest = metrics.gauge({
      name: 'due_work_oldest_seconds',
      help: 'For how long the oldest of them has been due; 0 when there is none',
      labels: ['kind'],
    });
    metrics.collect({
      name: 'due_work',
      source: 'postgresql',
      gauges: [this.due, this.oldest],
      read: () => this.read(),
      show: (all) => {
        for (const [kind, backlog] of all) this.set(kind, backlog);
      },
    });
  }

  /** @param kind one word, the value of a label. @param read is asked at each scrape. */
  show(kind: string, read: () => Promise<DueBacklog>): void {
    this.kinds.set(kind, read);
  }

  /** One after the other, on one connection. */
  private async read(): Promise<[string, DueBacklog][]> {
    const all: [string, DueBacklog][] = [];
    for (const [kind, read] of this.kinds) all.push([kind, await read()]);
    return all;
  }

  private set(kind: string, { due, oldestDue }: DueBacklog): void {
    const age = oldestDue === null ? 0 : this.clock.now().getTime() - oldestDue.getTime();
    this.due.set({ kind }, due);
    this.oldest.set({ kind }, Math.max(0, age / 1_000));
  }
}
