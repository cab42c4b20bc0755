import { eventually } from '../../../libs/testing/src/eventually.ts';
import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

const RATE = 8;
/** One instance for each partition of a topic: with fewer, whoever gets two of them has all the work that one can do. */
const REPLICAS = 6;
/** One instance can do a third of what comes in; all of them twice that. */
const SLOW = { slowMs: 3_000 / RATE };
const ALONE_SECONDS = 25;

function mostLag(world: World, from: number): number {
  return Math.max(0, ...world.sampler.samples.filter(({ at }) => at >= from).map(({ lag = 0 }) => lag));
}

async function caughtUp(world: World, limit: number): Promise<void> {
  await eventually(
    async () => {
      const lag = await world.kafka.lag();
      if (lag > limit) throw new Error(`the lag is still ${lag}`);
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

export const slowConsumer: Scenario = {
  id: 'S17',
  title: 'a consumer gets three times what it can do, then five more help it',
  decisive: ['I13', 'I15', 'I17'],
  alerts: { fire: ['ConsumerFallsBehind'] },
  // Taking orders has nothing to do with it.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  rate: RATE,
  mix: { followed: 0.05 },
  async run(world) {
    const { cluster } = world;
    world.maxReplicas = REPLICAS;
    await world.calm(3);
    const from = world.load.now;
    await world.fault('the inventory service is slow', async () => {
      cluster.instruct('inventory-service', SLOW);
      await world.calm(ALONE_SECONDS);
      const lag = mostLag(world, from);
      // Two thirds of what came stays behind; half of that is enough to be sure of what was tried.
      if (lag < (ALONE_SECONDS * RATE) / 3) {
        world.findings.push(...finding('I13', `only ${lag} records waited: the consumer was not slow`, ['S17']));
      }
      for (let added = 1; added < REPLICAS; added += 1) {
        await cluster.addReplica('inventory-service');
        cluster.instruct('inventory-service', SLOW);
      }
      // While orders go on coming at the same rate.
      await caughtUp(world, 3 * RATE).catch((error: unknown) => {
        world.findings.push(...finding('I13', 'more replicas did not help', [String(error)]));
      });
      cluster.instruct('inventory-service', {});
    });
    await world.calm(3);
  },
};
