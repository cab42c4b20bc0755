import type { ServiceName } from '../../../tools/stack/index.ts';
import { KafkaProbe } from '../../system/kafka.ts';
import { PUBLICATIONS, SUBSCRIPTIONS } from '../kafka-admin.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

const AT_ONCE = 500;

/** Sends everything that is in the topics once more, `times` times, byte for byte. */
export async function republish(world: World, times: number): Promise<void> {
  const probe = new KafkaProbe(world.cluster.system.stack.kafka);
  for (const topic of Object.values(PUBLICATIONS).flat()) {
    const messages = (await probe.read(topic)).map(({ key, value, headers }) => ({ key, value, headers }));
    for (let round = 0; round < times; round += 1) {
      for (let from = 0; from < messages.length; from += AT_ONCE) {
        await probe.publish(topic, messages.slice(from, from + AT_ONCE));
      }
    }
    world.republished += messages.length * times;
  }
}

/** Turns a consumer group back to the first record; its members are away meanwhile. */
export async function readAllAgain(world: World, service: ServiceName): Promise<void> {
  const { cluster } = world;
  for (const name of cluster.names(service)) await cluster.supervisor.stop(name);
  const admin = await world.kafka.client();
  for (const topic of SUBSCRIPTIONS[service] ?? []) {
    await admin.resetOffsets({ groupId: service, topic, earliest: true });
  }
  for (const name of cluster.names(service)) await cluster.start(name);
}

export const duplicates: Scenario = {
  id: 'S10',
  title: 'every record comes three times more; groups begin anew',
  short: true,
  decisive: ['I3', 'I4', 'I8'],
  api: { acceptedShare: 1, p99Ms: 8_000, statuses: [] },
  mix: { cancelled: 0.2 },
  async run(world) {
    await world.calm(8);
    await world.fault('every record is sent again', () => republish(world, 3));
    await world.calm(3);
    await world.fault('groups begin anew', async () => {
      const again: ServiceName[] = ['inventory-service', 'payment-service', 'notification-service'];
      await Promise.all(again.map((service) => readAllAgain(world, service)));
      await world.cluster.consuming(again);
    });
    await world.calm(3);
  },
};
