import { type Counter, type Histogram, Metrics } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { TopicMessages } from 'kafkajs';
import { MessagingOptions } from '../messaging-options';

/** From an idle batch to one that waits for locks, in seconds. */
const SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MESSAGES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

type OfTopic = 'topic' | 'group';

/**
 * What has happened to messages since the process began. What happens in a transaction is counted once it is committed, and once
 * however often it was tried.
 */
@Injectable()
export class MessagingMetrics {
  /** Counts nothing: for whoever is made by hand, in a test. */
  static readonly OFF = new MessagingMetrics(new Metrics(false), {} as MessagingOptions);

  private readonly group: string;
  private readonly processSeconds: Histogram<OfTopic>;
  private readonly batchMessages: Histogram<OfTopic>;
  private readonly consumed: Counter<OfTopic>;
  private readonly duplicates: Counter<'group'>;
  private readonly retries: Counter<OfTopic>;
  private readonly deadLetters: Counter<OfTopic | 'reason'>;
  private readonly published: Counter<'topic'>;
  private readonly publishFailures: Counter<'topic'>;

  constructor(metrics: Metrics, { service }: MessagingOptions) {
    this.group = service;
    const labels = ['topic', 'group'] as const;
    this.processSeconds = metrics.histogram(
      { name: 'messaging_process_duration_seconds', help: 'How long batches with messages of the topic took', labels },
      SECONDS,
    );
    this.batchMessages = metrics.histogram(
      { name: 'messaging_batch_messages', help: 'Messages of the topic in a batch', labels },
      MESSAGES,
    );
    this.consumed = metrics.counter({
      name: 'messaging_consumed_total',
      help: 'Messages that were handled, known from before, or put aside',
      labels,
    });
    this.duplicates = metrics.counter({
      name: 'inbox_duplicates_total',
      help: 'Messages that came again after they had had their effect',
      labels: ['group'],
    });
    this.retries = metrics.counter({
      name: 'message_retries_total',
      help: 'Delayed attempts at messages that were put aside',
      labels,
    });
    this.deadLetters = metrics.counter({
      name: 'messages_dead_lettered_total',
      help: 'Messages that were given up',
      labels: [...labels, 'reason'],
    });
    this.published = metrics.counter({
      name: 'messaging_published_total',
      help: 'Messages that Kafka has acknowledged',
      labels: ['topic'],
    });
    this.publishFailures = metrics.counter({
      name: 'messaging_publish_failures_total',
      help: 'Sends of which Kafka has not acknowledged every message of the topic',
      labels: ['topic'],
    });
    this.duplicates.labels({ group: service });
  }

  /** Exposes what there is to count of these topics as 0, so that its first increase is seen as one. */
  consumes(topics: readonly string[]): void {
    for (const topic of topics) {
      this.consumed.labels({ topic, group: this.group });
      this.retries.labels({ topic, group: this.group });
    }
  }

  /** A batch was given its effect. */
  batchProcessed(messages: readonly { readonly topic: string }[], seconds: number): void {
    for (const [topic, count] of countByTopic(messages)) {
      const labels = { topic, group: this.group };
      this.processSeconds.observe(labels, seconds);
      this.batchMessages.observe(labels, count);
      this.consumed.inc(labels, count);
    }
  }

  duplicated(messages: number): void {
    this.duplicates.inc({ group: this.group }, messages);
  }

  retried(messages: readonly { readonly topic: string }[]): void {
    for (const [topic, count] of countByTopic(messages)) this.retries.inc({ topic, group: this.group }, count);
  }

  deadLettered(topic: string, reason: string): void {
    this.deadLetters.inc({ topic, group: this.group, reason });
  }

  /** Kafka has answered a send, or has not. @param isStored whether it has a message for certain. */
  sent(all: readonly TopicMessages[], isStored: (message: TopicMessages['messages'][number]) => boolean): void {
    for (const { topic, messages } of all) {
      const stored = messages.reduce((count, message) => count + (isStored(message) ? 1 : 0), 0);
      if (stored > 0) this.published.inc({ topic }, stored);
      if (stored < messages.length) this.publishFailures.inc({ topic });
    }
  }
}

function countByTopic(messages: readonly { readonly topic: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of messages) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}
