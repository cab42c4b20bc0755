import type { ServiceName } from '../../../tools/stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** The two that decide something about an order together. */
const SCALED: readonly ServiceName[] = ['order-service', 'inventory-service'];

async function addReplicas(world: World, count: number): Promise<void> {
  for (let added = 0; added < count; added += 1) {
    await Promise.all(SCALED.map((service) => world.cluster.addReplica(service)));
  }
}

/** Frozen for longer than its group and its database session last, then woken: it believes that nothing has happened. */
async function sleepAndWake(world: World, name: string): Promise<void> {
  const { cluster } = world;
  cluster.unrouted.add(name);
  cluster.supervisor.pause(name);
  cluster.relayInterruptions += 2;
  await world.calm(25);
  cluster.supervisor.continue(name);
  await world.calm(2);
  cluster.unrouted.delete(name);
}

export const replicas: Scenario = {
  id: 'S13',
  title: 'replicas 1 → 4 → 2, one of them asleep for longer than its session',
  decisive: ['I7', 'I8'],
  api: { acceptedShare: 0.99, p99Ms: 10_000, statuses: [503, 0] },
  rate: 12,
  async run(world) {
    world.maxReplicas = 4;
    await world.calm(3);
    await world.fault('1 → 4', () => addReplicas(world, 3));
    await world.fault('one is asleep', () =>
      Promise.all([sleepAndWake(world, 'inventory-service-2'), sleepAndWake(world, 'order-service-3')]),
    );
    await world.fault('4 → 2', async () => {
      for (const number of [4, 3]) {
        await Promise.all(SCALED.map((service) => world.cluster.removeReplica(`${service}-${number}`)));
      }
    });
    await world.calm(3);
  },
};
