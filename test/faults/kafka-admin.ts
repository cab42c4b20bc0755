import { Kafka, logLevel, type Admin as KafkaAdmin } from 'kafkajs';

/** What each consumer group reads, as the documents say it: the checks do not ask the system what it believes. */
export const SUBSCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  'order-service': [
    'payment_successful',
    'payment_failed',
    'payment_refunded',
    'payment_adjusted',
    'inventory_updated',
    'inventory_insufficient',
  ],
  'payment-service': ['order_created', 'order_confirmed', 'order_cancelled'],
  'inventory-service': ['payment_successful', 'order_cancelled'],
  'notification-service': [
    'order_created',
    'order_confirmed',
    'order_cancelled',
    'payment_successful',
    'payment_failed',
    'payment_refunded',
    'payment_adjusted',
  ],
};

/** Who writes which topic. */
export const PUBLICATIONS: Readonly<Record<string, readonly string[]>> = {
  'order-service': ['order_created', 'order_confirmed', 'order_cancelled'],
  'payment-service': ['payment_successful', 'payment_failed', 'payment_refunded', 'payment_adjusted'],
  'inventory-service': ['inventory_updated', 'inventory_insufficient'],
  'notification-service': ['notification_sent', 'notification_failed'],
};

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
