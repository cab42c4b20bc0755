import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type Admin } from 'kafkajs';

/** As many as the system's own topics have. */
export const PARTITIONS = 6;

/** Resolves only when every in-sync replica has the record, as for the system's own producer. */
export const ACKS_ALL = -1;

const READY_WITHIN_MS = 30_000;

export function kafkaClient(brokers: string, clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers: brokers.split(','),
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { retries: 10, initialRetryTime: 300, maxRetryTime: 10_000 },
    // What matters is thrown; the rest is the ordinary life of a group.
    logLevel: logLevel.NOTHING,
  });
}

/** Runs `work` with topics of its own, which are empty when it begins and gone when it has ended. */
export async function withTopics<Result>(
  kafka: Kafka,
  topics: readonly string[],
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await deleteThose(admin, topics);
    for (const topic of topics) await create(admin, topic);
    return await work(admin);
  } finally {
    // The stack may be gone already, and then so are they; what `work` threw is the error to show.
    await deleteThose(admin, topics).catch(() => undefined);
    await admin.disconnect();
  }
}

/** A topic that was deleted a moment ago is no longer listed, but its name stays taken for a while. */
async function create(admin: Admin, topic: string): Promise<void> {
  const topics = [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }];
  await until(() => admin.createTopics({ topics, waitForLeaders: true }), `the topic ${topic} could not be created`);
}

/** Of a run that was interrupted: its records would be counted with ours. */
async function deleteThose(admin: Admin, topics: readonly string[]): Promise<void> {
  const present = async (): Promise<string[]> => (await admin.listTopics()).filter((topic) => topics.includes(topic));
  const found = await present();
  if (found.length > 0) await admin.deleteTopics({ topics: found });
  await until(async () => (await present()).length === 0, 'deleted topics are still listed');
}

/** Waits until the group has settled and has members: a consumer that listens has not joined yet. */
export async function untilJoined(admin: Admin, groupId: string): Promise<void> {
  await until(() => hasJoined(admin, groupId), `the consumer group ${groupId} has not settled`);
}

export async function hasJoined(admin: Admin, groupId: string): Promise<boolean> {
  const { groups } = await admin.describeGroups([groupId]);
  return groups[0]?.state === 'Stable' && groups[0].members.length > 0;
}

async function until(condition: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${otherwise} within ${READY_WITHIN_MS / 1_000} s`);
    await delay(50);
  }
}
