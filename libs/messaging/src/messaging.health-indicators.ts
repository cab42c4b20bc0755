import { HealthIndicator, type HealthResult } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsumerHealth } from './consumer/consumer-health';

/**
 * Whether events are being consumed. Not required: without Kafka a service still answers its requests, and what it
 * publishes waits in its outbox.
 */
@Injectable()
export class KafkaHealthIndicator extends HealthIndicator {
  readonly name = 'kafka';
  readonly required = false;

  constructor(private readonly consumer: ConsumerHealth) {
    super();
  }

  check(): Promise<HealthResult> {
    return Promise.resolve(this.consumer.report());
  }
}

/** An event that waits longer than this is a sign that Kafka, or the relay, does not work. */
const OUTBOX_LATE_MS = 10_000;

/** How long the oldest event has been waiting to be published, and how many Kafka refuses as they are. */
@Injectable()
export class OutboxHealthIndicator extends HealthIndicator {
  readonly name = 'outbox';
  readonly required = false;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async check(): Promise<HealthResult> {
    const rows: { waiting_ms: string; refused: number }[] = await this.dataSource.query(
      `SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at) * 1000
         FROM outbox ORDER BY position LIMIT 1), 0)::bigint AS waiting_ms,
         (SELECT count(*)::int FROM outbox WHERE refused_at IS NOT NULL) AS refused`,
    );
    const waiting = Math.max(0, Number(rows[0]?.waiting_ms ?? 0));
    const refused = rows[0]?.refused ?? 0;
    const status = waiting > OUTBOX_LATE_MS || refused > 0 ? 'degraded' : 'up';
    return { status, details: { oldest_unpublished_ms: waiting, refused } };
  }
}
