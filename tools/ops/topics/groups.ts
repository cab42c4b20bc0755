import kafkajs, { type Admin } from 'kafkajs';
import { groupLag, topicEnds, type TopicEnds } from '../../../libs/messaging/src/metrics/group-lag.ts';

/** A consumer group, and how far it is in each partition it has ever committed. */
export interface Group {
  readonly group: string;
  /** As Kafka names it: `Stable`, `Empty`, `PreparingRebalance`, … */
  readonly state: string;
  readonly members: readonly Member[];
  readonly partitions: readonly Place[];
}

interface Member {
  readonly client: string;
  readonly host: string;
  /** Topics of which it has partitions. */
  readonly topics: readonly string[];
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  /** The offset it reads next. */
  readonly next: number;
  readonly end: number;
  /** Records it has not handled yet. */
  readonly lag: number;
}

/** All consumer groups of the cluster by name, but those of `./ops` itself. */
export async function groupsOf(admin: Admin): Promise<Group[]> {
  const names = (await admin.listGroups()).groups
    .map(({ groupId }) => groupId)
    .filter((name) => !name.startsWith('ops-'));
  if (names.length === 0) return [];
  const ends = await topicEnds(admin, () => true);
  const { groups } = await admin.describeGroups(names);
  const found = groups.map(async ({ groupId, state, members }) => ({
    group: groupId,
    state,
    members: members.map(({ clientId, clientHost, memberAssignment }) => ({
      client: clientId,
      host: clientHost.replace(/^\//, ''),
      topics: assignedTopics(memberAssignment),
    })),
    partitions: await placesOf(admin, groupId, ends),
  }));
  return (await Promise.all(found)).toSorted((a, b) => a.group.localeCompare(b.group));
}

/** None of a member that speaks another protocol, or has none yet. */
function assignedTopics(assignment: Buffer): string[] {
  try {
    return Object.keys(kafkajs.AssignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {}).toSorted();
  } catch {
    return [];
  }
}

async function placesOf(admin: Admin, groupId: string, ends: TopicEnds): Promise<Place[]> {
  return (await groupLag(admin, groupId, ends))
    .filter(({ committed }) => committed >= 0)
    .map(({ topic, partition, committed, end, records }) => ({ topic, partition, next: committed, end, lag: records }))
    .toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
}
