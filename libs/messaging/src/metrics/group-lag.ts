import type { Admin } from 'kafkajs';

/** How far a consumer group is in a partition. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** The offset that is committed; -1 when none ever was. */
  readonly committed: number;
  /** The offset of the oldest record that is not consumed, when there is one. */
  readonly next: number;
  readonly end: number;
  /** Records that are not consumed. */
  readonly records: number;
}

/** Where the partitions of topics begin and end. */
export type TopicEnds = ReadonlyMap<
  string,
  readonly { readonly partition: number; readonly high: string; readonly low: string }[]
>;

/** Of these topics, or of those among them that exist: one that is gone must not hide what waits in the others. */
export async function topicEnds(
  admin: Pick<Admin, 'listTopics' | 'fetchTopicOffsets'>,
  isWanted: (topic: string) => boolean,
): Promise<TopicEnds> {
  const topics = (await admin.listTopics()).filter(isWanted);
  return new Map(
    await Promise.all(topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const)),
  );
}

/** The lag of a group in all partitions of these topics. The only place that computes it. */
export async function groupLag(
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  ends: TopicEnds,
): Promise<PartitionLag[]> {
  if (ends.size === 0) return [];
  // By name: asked for all topics, Kafka leaves out those of which nothing was ever committed.
  const committed = await admin.fetchOffsets({ groupId, topics: [...ends.keys()] });
  return committed.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => {
      const bounds = ends.get(topic)?.find((candidate) => candidate.partition === partition);
      const [end, low] = [Number(bounds?.high ?? Math.max(0, Number(offset))), Number(bounds?.low ?? 0)];
      const next = Math.max(Number(offset), low);
      return { topic, partition, committed: Number(offset), next, end, records: Math.max(0, end - next) };
    }),
  );
}
