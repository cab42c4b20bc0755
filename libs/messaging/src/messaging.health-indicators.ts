import { HealthIndicator, type HealthResult } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsumerHealth } from './consumer/consumer-health';
import { outboxAge } from './metrics/waiting-rows';

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
    const { oldestMs, refused } = await outboxAge((text, parameters) => this.dataSource.query(text, parameters));
    const status = oldestMs > OUTBOX_LATE_MS || refused > 0 ? 'degraded' : 'up';
    return { status, details: { oldest_unpublished_ms: oldestMs, refused } };
  }
}
