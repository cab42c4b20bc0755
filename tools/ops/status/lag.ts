import type { Admin } from 'kafkajs';
import { serviceNames, type ServiceName } from '../../stack/service-names.ts';
import { kafkaAt } from '../cli/kafka.ts';

/** Records of a topic that a service has not handled yet. */
export interface Lag {
  readonly service: ServiceName;
  readonly topic: string;
  readonly records: number;
  /** Offsets it has committed, of all partitions together: how much that grows is how much it has handled. */
  readonly handled: number;
}

/** The lag of each service with each topic it has ever consumed. @throws when Kafka does not answer within seconds */
export async function consumerLag(brokers: readonly string[]): Promise<Lag[]> {
  const kafka = kafkaAt(brokers);
  const admin = kafka.admin();
  try {
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__') && !topic.endsWith('_dlq'));
    const ends = new Map(
      await Promise.all(topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const)),
    );
    return (await Promise.all(serviceNames.map((service) => lagOf(admin, service, topics, ends)))).flat();
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

type Ends = ReadonlyMap<string, readonly { readonly partition: number; readonly high: string; readonly low: string }[]>;

async function lagOf(admin: Admin, service: ServiceName, topics: string[], ends: Ends): Promise<Lag[]> {
  // A service's consumer group is its name.
  const committed = await admin.fetchOffsets({ groupId: service, topics });
  return committed
    .filter(({ partitions }) => partitions.some(({ offset }) => offset !== '-1'))
    .map(({ topic, partitions }) => {
      const waiting = partitions.map(({ partition, offset }) => {
        const end = ends.get(topic)?.find((candidate) => candidate.partition === partition);
        return Math.max(0, Number(end?.high ?? 0) - Math.max(Number(offset), Number(end?.low ?? 0)));
      });
      return {
        service,
        topic,
        records: waiting.reduce((sum, records) => sum + records, 0),
        handled: partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0),
      };
    });
}
