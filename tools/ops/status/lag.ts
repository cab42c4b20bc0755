import type { Admin } from 'kafkajs';
import { groupLag, topicEnds, type TopicEnds } from '../../../libs/messaging/src/metrics/group-lag.ts';
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
    const ends = await topicEnds(admin, (topic) => !topic.startsWith('__') && !topic.endsWith('_dlq'));
    return (await Promise.all(serviceNames.map((service) => lagOf(admin, service, ends)))).flat();
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function lagOf(admin: Admin, service: ServiceName, ends: TopicEnds): Promise<Lag[]> {
  // A service's consumer group is its name.
  const topics = Map.groupBy(await groupLag(admin, service, ends), ({ topic }) => topic);
  return [...topics]
    .filter(([, partitions]) => partitions.some(({ committed }) => committed >= 0))
    .map(([topic, partitions]) => ({
      service,
      topic,
      records: partitions.reduce((sum, { records }) => sum + records, 0),
      handled: partitions.reduce((sum, { committed }) => sum + Math.max(0, committed), 0),
    }));
}
