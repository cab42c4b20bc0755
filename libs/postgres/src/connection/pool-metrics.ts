import { Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Pool } from 'pg';

/** Shows, at each scrape, how the connections of the service are used. */
@Injectable()
export class PoolMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly dataSource: DataSource,
  ) {
    const count = metrics.gauge({
      name: 'db_client_connection_count',
      help: 'Connections to PostgreSQL by what they do',
      labels: ['state'],
    });
    const most = metrics.gauge({
      name: 'db_client_connection_max',
      help: 'Connections to PostgreSQL that the service opens at most',
    });
    const pending = metrics.gauge({
      name: 'db_client_connection_pending_requests',
      help: 'Callers that wait for a connection to PostgreSQL',
    });
    this.metrics.collect({
      name: 'connection_pool',
      source: 'process',
      gauges: [count, most, pending],
      read: () => this.pool,
      show: ({ idleCount, totalCount, waitingCount, options }) => {
        count.set({ state: 'idle' }, idleCount);
        count.set({ state: 'used' }, totalCount - idleCount);
        most.set({}, options.max);
        pending.set({}, waitingCount);
      },
    });
  }

  /** TypeORM's own; it has no other way to it. */
  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { readonly master: Pool }).master;
  }
}
