import kafkajs from 'kafkajs';
import { eventually } from '../../../libs/testing/src/eventually.ts';
import { KafkaProbe } from '../../system/kafka.ts';
import { finding } from '../checks/invariant.ts';
import { SUBSCRIPTIONS } from '../kafka-admin.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

const CODECS = ['lz4', 'zstd', 'snappy', 'gzip'] as const;
/** A relay has up to 800 kB in hand; this is less, and more than any single event. */
const SMALL_BATCH_BYTES = 20_000;
/** A topic that is gone is there again within a minute. */
const THERE_AGAIN_SECONDS = 60;
const FOREIGN_SECONDS = 12;

async function configure(world: World, topic: string, name: string, value: string): Promise<void> {
  const admin = await world.kafka.client();
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type, name: topic, configEntries: [{ name, value }] }],
  });
}

/** The broker packs what it is sent: every consumer of the topic has to unpack it. */
async function compress(world: World): Promise<void> {
  const topics = [...new Set(Object.values(SUBSCRIPTIONS).flat())];
  for (const codec of CODECS) {
    for (const topic of topics) await configure(world, topic, 'compression.type', codec);
    await world.calm(3);
  }
  for (const topic of topics) await configure(world, topic, 'compression.type', 'producer');
}

/** A backlog that is larger than what the topic takes at once. */
async function takeSmallBatchesOnly(world: World): Promise<void> {
  const { supervisor } = world.cluster;
  await configure(world, 'order_created', 'max.message.bytes', String(SMALL_BATCH_BYTES));
  supervisor.pause('kafka');
  await world.calm(6);
  supervisor.continue('kafka');
  world.cluster.relayInterruptions += 4;
  await world.calm(6);
  await configure(world, 'order_created', 'max.message.bytes', '1048588');
}

/** Deletes a topic when everything in it has been handled, and waits until somebody has made it again. */
async function remove(world: World, topic: string, publisher: string): Promise<void> {
  const { supervisor } = world.cluster;
  const admin = await world.kafka.client();
  // Nothing may be on its way to it, or it would be lost with it.
  supervisor.pause(publisher);
  const handled = await eventually(
    async () => {
      const lag = await world.kafka.lag(topic);
      if (lag > 0) throw new Error(`${lag} records of ${topic} have not been handled`);
      return true;
    },
    { timeoutMs: 30_000, intervalMs: 250 },
  ).catch((error: unknown) => {
    world.findings.push(...finding('I13', 'a topic could not be deleted', [String(error)]));
    return false;
  });
  if (!handled) {
    supervisor.continue(publisher);
    return;
  }
  world.removedRecords.push(...(await new KafkaProbe(world.cluster.system.stack.kafka).read(topic)));
  await admin.deleteTopics({ topics: [topic] });
  supervisor.continue(publisher);
  const begun = world.load.now;
  await eventually(
    async () => {
      if (!(await admin.listTopics()).includes(topic)) throw new Error(`${topic} is not there again`);
    },
    { timeoutMs: THERE_AGAIN_SECONDS * 1_000, intervalMs: 500 },
  ).catch((error: unknown) => world.findings.push(...finding('I13', 'a topic was not made again', [String(error)])));
  world.cluster.relayInterruptions += 1 + Math.ceil((world.load.now - begun) / 1_000);
}

async function addPartitions(world: World): Promise<void> {
  const admin = await world.kafka.client();
  await admin.createPartitions({ topicPartitions: [{ topic: 'order_created', count: 8 }] });
  await world.calm(10);
}

/** Somebody else under the name of a service, with a way to share partitions that nobody of ours knows. */
async function joinGroup(world: World, groupId: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [world.cluster.system.stack.kafka], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({
    groupId,
    partitionAssigners: [
      () => ({
        name: 'foreign',
        version: 1,
        assign: () => Promise.resolve([]),
        protocol: () => ({ name: 'foreign', metadata: Buffer.from('not what you think') }),
      }),
    ],
    retry: { retries: 3 },
  });
  await consumer.connect();
  await consumer.subscribe({ topics: ['order_created'] });
  await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() }).catch(() => undefined);
  await world.calm(FOREIGN_SECONDS);
  await consumer.disconnect();
}

export const kafkaChanges: Scenario = {
  id: 'S22',
  title: 'topics are compressed, limited, deleted and widened; a stranger joins a group',
  decisive: ['I1', 'I2', 'I13'],
  // Whoever orders notices nothing.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  rate: 15,
  mix: { oddPayment: 0.2 },
  async run(world) {
    await world.calm(4);
    await world.fault('records are compressed', () => compress(world));
    await world.calm(3);
    await world.fault('a topic takes small batches only', () => takeSmallBatchesOnly(world));
    await world.calm(3);
    await world.fault('payment_failed is deleted', () => remove(world, 'payment_failed', 'payment-service'));
    await world.calm(3);
    await world.fault('order_cancelled is deleted', () => remove(world, 'order_cancelled', 'order-service'));
    await world.calm(3);
    await world.fault('partitions are added', () => addPartitions(world));
    await world.calm(3);
    for (const group of ['order-service', 'notification-service']) {
      await world.fault(`a stranger is in the group of ${group}`, () => joinGroup(world, group));
      await world.calm(3);
    }
  },
};
