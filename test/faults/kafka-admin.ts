import { join } from 'node:path';
import { Kafka, logLevel, type Admin as KafkaAdmin } from 'kafkajs';
import { byService, publicationsIn, subscriptionsIn } from '../../tools/docs/subscriptions.ts';

const root = join(import.meta.dirname, '../..');

/**
 * What each consumer group reads, and below who writes which topic: by the code, not by what the running system believes.
 * That it is what the design says is the business of `tools/docs/pages.spec.ts`.
 */
export const SUBSCRIPTIONS: Readonly<Record<string, readonly string[]>> = byService(subscriptionsIn(root));

export const PUBLICATIONS: Readonly<Record<string, readonly string[]>> = byService(publicationsIn(root));

/** Asks Kafka how far everybody is. */
export class Admin {
  private readonly kafka: Kafka;
  private admin: KafkaAdmin | undefined;

  constructor(brokers: string) {
    this.kafka = new Kafka({
      clientId: 'fault-suite',
      brokers: [brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 2_000,
      requestTimeout: 4_000,
      retry: { retries: 1 },
    });
  }

  /** Records that consumer groups have not yet got past, over all groups; of all topics or of one. */
  async lag(of?: string): Promise<number> {
    const admin = this.admin ?? (await this.connect());
    try {
      let lag = 0;
      for (const [groupId, subscribed] of Object.entries(SUBSCRIPTIONS)) {
        const topics = subscribed.filter((topic) => of === undefined || topic === of);
        if (topics.length > 0) lag += await lagOf(admin, groupId, topics);
      }
      return lag;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The raw client, for scenarios that turn back a group; use it at once. */
  async client(): Promise<KafkaAdmin> {
    return this.admin ?? this.connect();
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }

  private async connect(): Promise<KafkaAdmin> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
    return (this.admin = admin);
  }
}

async function lagOf(admin: KafkaAdmin, groupId: string, topics: readonly string[]): Promise<number> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const lags = await Promise.all(
    committed.map(async ({ topic, partitions }) => {
      const ends = await admin.fetchTopicOffsets(topic);
      return partitions.reduce((sum, { partition, offset }) => {
        const end = ends.find((candidate) => candidate.partition === partition);
        return sum + Math.max(0, Number(end?.high ?? 0) - Math.max(Number(offset), Number(end?.low ?? 0)));
      }, 0);
    }),
  );
  return lags.reduce((sum, each) => sum + each, 0);
}
