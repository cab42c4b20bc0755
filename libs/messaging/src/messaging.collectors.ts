import { Clock, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConsumerLag } from './consumer/consumer-lag';
import { MessagingOptions } from './messaging-options';
import { dueRetries, failedMessageCounts, outboxAge, outboxSize, type Query } from './metrics/waiting-rows';
import { DueMetrics } from './due-work/due-metrics';

/** Failed messages of one status that are counted for a scrape, some 20 ms for this many. */
const MOST_COUNTED = 100_000;

/** Shows, at each scrape, what waits: in the outbox, in the topics, among the messages that were put aside. */
@Injectable()
export class MessagingCollectors {
  constructor(
    private readonly metrics: Metrics,
    private readonly options: MessagingOptions,
    private readonly dataSource: DataSource,
    lag: ConsumerLag,
    due: DueMetrics,
    clock: Clock,
  ) {
    this.showOutbox();
    this.showFailedMessages();
    due.show('message_retries', () => dueRetries(this.query, options.service, clock.now()));
    this.showLag(lag);
  }

  private readonly query: Query = (text, parameters) => this.dataSource.query(text, parameters);

  private showOutbox(): void {
    const size = this.metrics.gauge({ name: 'outbox_unpublished', help: 'Events in the outbox' });
    const age = this.metrics.gauge({
      name: 'outbox_oldest_unpublished_seconds',
      help: 'Age of the oldest event in the outbox; 0 when there is none',
    });
    this.metrics.collect({
      name: 'outbox_age',
      source: 'postgresql',
      gauges: [age],
      read: () => outboxAge(this.query),
      show: ({ oldestMs }) => age.set({}, oldestMs / 1_000),
    });
    this.metrics.collect({
      name: 'outbox_size',
      source: 'postgresql',
      gauges: [size],
      read: () => outboxSize(this.query),
      show: (events) => size.set({}, events),
    });
  }

  private showFailedMessages(): void {
    const failed = this.metrics.gauge({
      name: 'failed_messages',
      help: 'Messages that were put aside and are not finished',
      labels: ['status'],
    });
    this.metrics.collect({
      name: 'failed_messages',
      source: 'postgresql',
      gauges: [failed],
      read: () => failedMessageCounts(this.query, this.options.service, MOST_COUNTED),
      show: ({ oldest_at: _, ...counts }) => {
        for (const [status, count] of Object.entries(counts)) failed.set({ status }, count);
      },
    });
  }

  private showLag(lag: ConsumerLag): void {
    const labels = ['consumergroup', 'topic', 'partition'] as const;
    const records = this.metrics.gauge({
      name: 'kafka_consumergroup_lag',
      help: 'Records that the group has not consumed',
      labels,
    });
    const seconds = this.metrics.gauge({
      name: 'kafka_consumergroup_lag_seconds',
      help: 'Age of the oldest record that the group has not consumed; 0 when there is none',
      labels,
    });
    this.metrics.collect({
      name: 'consumer_lag',
      source: 'kafka',
      gauges: [records, seconds],
      read: () => lag.aged(),
      show: (lags) => {
        for (const one of lags) {
          const of = { consumergroup: this.options.service, topic: one.topic, partition: String(one.partition) };
          records.set(of, one.records);
          seconds.set(of, one.seconds);
        }
      },
    });
  }
}
