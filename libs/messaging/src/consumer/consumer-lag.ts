import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { Admin } from 'kafkajs';
import { KafkaFactory } from '../kafka/kafka-factory';
import { MessagingOptions } from '../messaging-options';
import { groupLag, type PartitionLag, topicEnds } from '../metrics/group-lag';
import { UnreadAges } from '../metrics/unread-ages';

/** A partition, how many of its records wait, and for how long the oldest of them. */
export interface AgedLag extends PartitionLag {
  readonly seconds: number;
}

/** How far the service's consumer group is behind, whichever replica reads which partition. */
@Injectable()
export class ConsumerLag {
  private readonly ages = new UnreadAges();
  private topics: ReadonlySet<string> = new Set();

  constructor(
    private readonly options: MessagingOptions,
    private readonly kafka: KafkaFactory,
    private readonly clock: Clock,
  ) {}

  /** Says which topics the group consumes. */
  of(topics: readonly string[]): void {
    this.topics = new Set(topics);
  }

  /** Records that wait, of all topics together. @throws what the client throws when Kafka does not answer. */
  async records(): Promise<number> {
    const lags = await this.asking((admin) => this.lags(admin));
    return lags.reduce((sum, { records }) => sum + records, 0);
  }

  /** @throws what the client throws when Kafka does not answer. */
  async aged(): Promise<AgedLag[]> {
    return this.asking(async (admin) => {
      const lags = await this.lags(admin);
      const ages = await this.ages.of(admin, lags, this.clock.now().getTime());
      return lags.map((lag, index) => ({ ...lag, seconds: ages[index] ?? 0 }));
    });
  }

  private async lags(admin: Admin): Promise<PartitionLag[]> {
    return groupLag(admin, this.options.service, await topicEnds(admin, (topic) => this.topics.has(topic)));
  }

  private async asking<Answer>(ask: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    if (this.topics.size === 0) return ask(NO_TOPICS);
    const admin = this.kafka.create('lag').admin({ retry: { retries: 1 } });
    await admin.connect();
    try {
      return await ask(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

const NO_TOPICS = { listTopics: () => Promise.resolve([]) } as unknown as Admin;
